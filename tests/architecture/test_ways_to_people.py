"""Nothing on a page opens a telephone or a mail program by itself: every way to a person passes the judge first."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "src" / "headhaul"
LINK = re.compile(r"\b(?:tel|sms|mailto):")
THE_MACRO = "console/ui/jinja2/ui/parts/reaching.html"
ANSWERS = {  # what is done with the link that an action answered, and what cards of people hold
    "console/ui/static/ui/js/reach.js",
    "console/capture/static/capture/cards.js",
}


def links() -> dict[str, int]:
    """How many such links each file of the pages has."""
    pages = [*ROOT.rglob("*.html"), *(ROOT / "console").rglob("*.py"), *(ROOT / "console").rglob("*.js")]
    found = {
        path.relative_to(ROOT).as_posix(): len(LINK.findall(path.read_text()))
        for path in pages
        if "vendor" not in path.parts
    }
    return {path: count for path, count in found.items() if count}


def test_only_the_macro_draws_links_to_people() -> None:
    assert links().keys() - ANSWERS - PLAIN_WORDS == {THE_MACRO}


def test_the_macro_itself_has_the_one_of_a_call_that_has_begun() -> None:
    text = (ROOT / THE_MACRO).read_text()
    assert LINK.findall(text) == ["tel:"]
    assert re.findall(r"address\(['\"]([a-z:]+)", text) == ["outreach:write", "outreach:call", "work:quick"]


PLAIN_WORDS: set[str] = set()
