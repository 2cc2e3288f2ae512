"""How a finding is put."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    GOOD = "good"
    NOTICE = "notice"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    subject: str
    level: Level
    text: str


def good(subject: str, text: str) -> Finding:
    """As it should be."""
    return Finding(subject, Level.GOOD, text)


def notice(subject: str, text: str) -> Finding:
    """Works, but somebody should know."""
    return Finding(subject, Level.NOTICE, text)


def bad(subject: str, text: str) -> Finding:
    """Does not work, or soon will not."""
    return Finding(subject, Level.BAD, text)


def ago(then: datetime, at: datetime) -> str:
    """For people: 3 minutes ago, 2 days ago."""
    past: timedelta = at - then
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if (count := int(past.total_seconds() // seconds)) >= 1:
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return "just now"
