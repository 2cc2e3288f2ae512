"""Whether a program answered, and when its owner is back. One clear header is enough; hints need another beside them,
for taking a person for a machine would let us go on writing to somebody who answered.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from headhaul.outreach.inbound.incoming import Incoming

LONGEST = 4_000
_MACHINES = re.compile(
    r"^(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|notifications?|auto(?:reply|responder))[@+.-]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Automatic:
    """Why it counts as automatic; with fewer than two signs and none that is clear it does not."""

    clear: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def is_one(self) -> bool:
        """Whether a program wrote it."""
        return bool(self.clear) or len(self.hints) > 1

    @property
    def reasons(self) -> tuple[str, ...]:
        """All signs."""
        return (*self.clear, *self.hints)


def signs_of(mail: Incoming) -> Automatic:
    """The signs of an automatic mail, in its headers, its subject and its words."""
    data = _patterns()
    headers = mail.headers
    clear = [f"header {name}" for name, is_so in data["headers"].items() if is_so.search(headers.get(name, "").strip())]
    hints = [f"header {name}" for name, is_so in data["hints"].items() if is_so.search(headers.get(name, "").strip())]
    subject, text = plain(mail.subject), plain(mail.fresh[:LONGEST] or mail.text[:LONGEST])
    if data["subject"]["prefixes"].search(subject):
        hints.append("subject")
        if _is_named_by_a_program(subject):
            clear.append("subject")
    hints += [f"words: {name}" for name, is_so in data["text"].items() if is_so.search(text)]
    if mail.return_path == "":
        hints.append("empty return path")
    if _MACHINES.match(mail.from_address):
        hints.append("sent by a machine's address")
    return Automatic(tuple(dict.fromkeys(clear)), tuple(dict.fromkeys(hints)))


def plain(text: str) -> str:
    """Lower case, plain quotes, without accents."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'")).casefold()
    return "".join(char for char in folded if not unicodedata.combining(char))


def _is_named_by_a_program(subject: str) -> bool:
    """`Automatic reply: Re: …` is written by Exchange and its like, never by hand."""
    return bool(
        re.match(
            r"(?:automatic reply|automatische antwort|automatisch antwoord|respuesta automatica|reponse automatique|"
            r"resposta automatica|risposta automatica|odpowiedz automatyczna|auto(?:mated)?[ -](?:reply|response)|"
            r"autoreply|out of office(?: auto-?reply)?:|abwesenheitsnotiz)",
            subject,
        )
    )


@cache
def words() -> dict[str, Any]:
    """The data file."""
    return tomllib.loads(files("headhaul.outreach.inbound").joinpath("data/absences.toml").read_text(encoding="utf-8"))


@cache
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    return {
        part: {name: re.compile(text, re.IGNORECASE) for name, text in words()[part].items()}
        for part in ("headers", "hints", "subject", "text")
    }
