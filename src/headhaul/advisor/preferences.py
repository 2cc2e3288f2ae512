"""Settings of this room."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from headhaul.preferences.sections import Section


class NextActions(Section):
    """When the queue of next actions proposes somebody."""

    key: ClassVar[str] = "next_actions"
    heading: ClassVar[str] = "Next actions"

    hot_score: int = Field(75, ge=1, le=100, title="Hot from this score", description="Of the carrier's signal.")
    untouched_days: int = Field(14, ge=1, le=365, title="Days without touch", description="After them a hot account.")
    closing_days: int = Field(7, ge=1, le=90, title="Days before the close date", description="An open deal is named.")
    new_days: int = Field(30, ge=1, le=365, title="Days an account is new", description="While nobody was in touch.")
    reply_days: int = Field(14, ge=1, le=90, title="Days a reply waits", description="Older ones are left out.")
