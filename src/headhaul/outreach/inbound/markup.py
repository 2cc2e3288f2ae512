"""HTML as text: what was quoted stays recognisable, what nobody sees is left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "svg", "object"})
_BREAKS = frozenset({"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr", "section"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"})
_QUOTED = ("gmail_quote", "gmail_extra", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "zmail_extra")
_QUOTED_IDS = ("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "reply-intro", "replysplit")
DEEPEST = 400


def text_of(html: str) -> str:
    """The text a reader sees, with `>` before what was quoted."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        return _tags_away(html)
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []  # tag, hides, quotes
        self._hidden = 0
        self._quoted = 0
        self._rest_is_quoted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in _BREAKS:
            self._break()
        if tag in _VOID or len(self._open) > DEEPEST:
            return
        given = {name: (value or "").lower() for name, value in attrs}
        style = re.sub(r"\s", "", given.get("style", ""))
        hides = tag in _UNSEEN or "display:none" in style or "visibility:hidden" in style
        quotes = tag == "blockquote" or any(name in given.get("class", "") for name in _QUOTED)
        if given.get("id", "") in _QUOTED_IDS or (tag == "div" and "border-top:solid#e1e1e11" in style):
            self._rest_is_quoted = True  # Outlook marks where the old mail begins, not where it ends
        self._open.append((tag, hides, quotes))
        self._hidden += hides
        self._quoted += quotes
        if quotes:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        """Close it, with whatever was left open inside."""
        if tag in _BREAKS:
            self._break()
        if all(each[0] != tag for each in self._open[-50:]):
            return
        while self._open:
            name, hides, quotes = self._open.pop()
            self._hidden -= hides
            self._quoted -= quotes
            if quotes:
                self._break()
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        """Keep what is seen."""
        if self._hidden or not data:
            return
        text = re.sub(r"\s+", " ", data)
        begins_line = not self.pieces or self.pieces[-1].endswith("\n")
        if begins_line and not text.strip():
            return
        mark = "> " if (self._quoted or self._rest_is_quoted) and begins_line else ""
        self.pieces.append(f"{mark}{text}")

    def _break(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")


def _tags_away(html: str) -> str:
    return re.sub(r"<[^>]{0,2000}>", " ", html)
