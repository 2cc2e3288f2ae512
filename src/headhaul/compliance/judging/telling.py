"""Sentences of a verdict, in the words of the people who read them, and the small helpers that make them."""

from __future__ import annotations

from datetime import datetime

from headhaul.compliance.choices import Outcome
from headhaul.compliance.judging.words import Reason

NAMES = {"email": "e-mail", "sms": "text messages", "call": "calls", "ai_call": "calls by an artificial voice"}


def deny(layer: str, rule: str, sentence: str, *, cite: str = "") -> Reason:
    """A reason for no."""
    return Reason(rule=rule, layer=layer, outcome=Outcome.DENY, sentence=sentence, cite=cite)


def day_of(moment: datetime) -> str:
    """A date as people say it: 8 Dec 2026."""
    return f"{moment.day} {moment:%b %Y}"


def clock(minute: int) -> str:
    """A minute of the day: 08:05."""
    return f"{minute // 60:02}:{minute % 60:02}"


def listed(names: list[str]) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
