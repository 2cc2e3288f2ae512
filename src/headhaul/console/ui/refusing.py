"""What a refusal says to whoever reads it: its sentence, when it would be allowed, and what to change."""

from __future__ import annotations

from datetime import datetime, tzinfo

from headhaul.console.ui.words import moment
from headhaul.kernel import AppError, ComplianceRefused, Conflict, InvalidData, TooManyRequests

SHOWN = (InvalidData, Conflict, ComplianceRefused, TooManyRequests)
"""Refusals that stand on the page beside what was typed; every other one has a page of its own."""


def possible_at(refusal: AppError | None) -> datetime | None:
    """When the rule that refused would allow it."""
    said = refusal.fields.get("nextAllowedAt") if refusal else None
    return datetime.fromisoformat(said) if said else None


def in_words(refusal: AppError, zone: tzinfo) -> tuple[str, dict[str, str]]:
    """What happened, times by the reader's clock, and the fields to change by name. A rule that says no names none."""
    sentence = refusal.fields.get("sentence")
    if sentence is None:
        return refusal.message, refusal.fields
    later = possible_at(refusal)
    return f"{sentence} Possible from {moment(later, zone)}." if later else sentence, {}
