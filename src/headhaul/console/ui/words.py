"""How numbers, days and lengths of time are written. Plain functions, used as template filters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DASH = "–"
_KEPT = frozenset(["LLC", "LLP", "LP", "PLLC", "USA", "US", "DBA", "II", "III", "IV", "ABC", "AAA", "CDL"])
_SMALL = frozenset(["OF", "AND", "THE", "DE", "LA", "IN", "FOR"])
_VOWEL = re.compile(r"[AEIOUY]")
_INITIALS = re.compile(r"^(?:[A-Z][.&])+[A-Z]?$")
_LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_](?![^\W\d_]))?")
_STEPS = (
    (31_536_000, "year"),
    (2_592_000, "month"),
    (604_800, "week"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
)


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """1,234 or 1,234.5; a dash where nothing is known, which is not 0."""
    return DASH if value is None else f"{value:,.{decimals}f}"


def signed(value: float | None) -> str:
    """+12, −3 or 0."""
    if value is None:
        return DASH
    whole = round(value)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole):,}"


def plural(count: int | None, one: str, many: str = "") -> str:
    """The count with its noun: 1 driver, 2 drivers."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def went_along(count: int) -> str:
    """How many deals changed hands with their accounts."""
    return f"{plural(count, 'open opportunity', 'open opportunities')} went along."


def day(value: date | datetime | None, zone: tzinfo = UTC) -> str:
    """22 Nov 2026."""
    if value is None:
        return DASH
    if isinstance(value, datetime):
        value = value.astimezone(zone)
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime | None, zone: tzinfo = UTC) -> str:
    """22 Nov 2026, 03:04 UTC, in the reader's zone."""
    return DASH if value is None else f"{day(value, zone)}, {value.astimezone(zone):%H:%M %Z}"


def clock(at: datetime, zone: str) -> str:
    """14:05, as the clock on their wall says; "" for a zone that nobody knows."""
    try:
        return f"{at.astimezone(ZoneInfo(zone)):%H:%M}" if zone else ""
    except (ZoneInfoNotFoundError, ValueError):
        return ""


def city_of(zone: str) -> str:
    """America/Los_Angeles → Los Angeles."""
    return zone.rpartition("/")[2].replace("_", " ")


def ago(value: datetime | date | None, at: datetime) -> str:
    """3 hours ago; within a minute: just now; a plain day counts in days."""
    if value is None:
        return DASH
    if not isinstance(value, datetime):
        days = (at.date() - value).days
        return "today" if days == 0 else "yesterday" if days == 1 else _length(days * 86_400)
    return _length((at - value).total_seconds())


def _length(seconds: float) -> str:
    for size, name in _STEPS:
        if abs(seconds) >= size:
            count = int(abs(seconds) // size)
            words = f"{count} {name}{'' if count == 1 else 's'}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now"


def duration(seconds: float | None) -> str:
    """0.4 s, 12 s, 3 min 5 s, 2 h 10 min."""
    if seconds is None:
        return DASH
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"


def human(code: str | None) -> str:
    """A stored word as a person writes it: small_fleet → Small fleet."""
    return (code or "").replace("_", " ").strip().capitalize()


@lru_cache(maxsize=16_384)
def proper(name: str | None) -> str:
    """A name that a register keeps in capitals, as a company would write it; a name in mixed case stays as it is."""
    if not name or name != name.upper():
        return name or ""
    return " ".join(_proper_word(word, first=number == 0) for number, word in enumerate(name.split()))


def _proper_word(word: str, *, first: bool) -> str:
    bare = word.strip(".,()\"'")
    if bare in _KEPT or not _VOWEL.search(bare) or _INITIALS.match(bare):
        return word
    if bare in _SMALL and not first:
        return word.lower()
    return _LETTERS.sub(lambda run: run[0].capitalize(), word)


def calm(text: str) -> str:
    """A sentence in which a register's capitals are written as `proper` writes them."""
    return " ".join(
        proper(" ".join(run)) if is_loud and max(map(len, run)) > 3 else " ".join(run)
        for is_loud, run in _runs(text.split())
    )


def _runs(tokens: list[str]) -> list[tuple[bool, list[str]]]:
    found: list[tuple[bool, list[str]]] = []
    for word in tokens:
        is_loud = word == word.upper() and word != word.lower()
        if found and (found[-1][0] == is_loud or (found[-1][0] and word == "&")):
            found[-1][1].append(word)
        else:
            found.append((is_loud, [word]))
    return found


def place(text: str) -> str:
    """PUEBLO, CO → Pueblo, CO."""
    city, comma, state = text.rpartition(",")
    return f"{proper(city)}{comma}{state}"


def initials(name: str) -> str:
    """Up to two letters that stand for a name."""
    words = [word for word in name.replace("&", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def tint(name: str, colours: int = 7) -> int:
    """A colour that always goes with the same name."""
    return sum(name.encode()) % colours


def telephone(value: str | None) -> str:
    """(512) 555-0100 for ten digits, otherwise as written."""
    digits = "".join(filter(str.isdigit, value or ""))
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else value or ""


def listed(words: Iterable[str], last: str = "and") -> str:
    """a, b and c."""
    *first, final = list(words) or [""]
    return f"{', '.join(first)} {last} {final}" if first else final
