"""Names as people write them: registers shout, and nobody wants to be written to as LONE STAR REEFER LLC of DALLAS."""

from __future__ import annotations

import re

_KEPT = frozenset(
    {"LLC", "LLP", "LP", "PLLC", "USA", "US", "II", "III", "IV", "NW", "NE", "SW", "SE", "DBA", "LTL", "FTL", "TX"}
)
_SMALL = frozenset({"of", "and", "the", "de", "del", "la", "las", "los", "y", "du", "at"})
_WORD = re.compile(r"[^\s\-/&.(),]+")
_NO_VOWEL = re.compile(r"^[^AEIOUY]{2,4}$")
_SAID = frozenset({"ST", "FT", "MT", "DR", "MR", "MRS", "MS", "JR", "SR", "LTD", "CO", "CORP", "BROS"})


def proper(text: str) -> str:
    """The text in mixed case, when it was in one case alone; what somebody wrote with care stays as it is."""
    if not text or (text != text.upper() and text != text.lower()):
        return text
    at_first = [True]

    def written(found: re.Match[str]) -> str:
        is_first, at_first[0] = at_first[0], False
        return _word(found[0], is_first=is_first)

    return _WORD.sub(written, text)


def first_name(name: str) -> str:
    """What a message greets somebody by; "" for what is no name of a person."""
    word = name.strip().split(" ")[0].strip(".,") if name.strip() else ""
    return proper(word) if len(word) > 1 and word.isalpha() else ""


def _word(word: str, *, is_first: bool) -> str:
    loud = word.upper()
    if loud in _KEPT or (_NO_VOWEL.match(loud) and loud not in _SAID and loud.isalpha()):
        return loud
    if not is_first and word.lower() in _SMALL:
        return word.lower()
    if any(char.isdigit() for char in word):
        return loud if len(word) <= 4 else word.capitalize()
    quiet = word.lower()
    if quiet.startswith("mc") and len(quiet) > 3:
        return "Mc" + quiet[2:].capitalize()
    if len(quiet) > 3 and quiet[1] in "'’":
        return quiet[0].upper() + quiet[1] + quiet[2:].capitalize()
    return quiet.capitalize()
