"""What a refusal of compliance says beside its sentence."""

from __future__ import annotations

from datetime import datetime

from headhaul.kernel import AppError, ComplianceRefused, Conflict, InvalidData, TooManyRequests

SHOWN = (InvalidData, Conflict, ComplianceRefused, TooManyRequests)
"""Refusals that stand on the page beside what was typed; every other one has a page of its own."""


def possible_at(refusal: AppError | None) -> datetime | None:
    """When the rule that refused would allow it."""
    said = refusal.fields.get("nextAllowedAt") if refusal else None
    return datetime.fromisoformat(said) if said else None
