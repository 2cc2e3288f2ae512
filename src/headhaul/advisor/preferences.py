"""Settings of this room."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

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


class LeadLearning(Section):
    """How the lead score learns from what became of leads, once a month."""

    key: ClassVar[str] = "lead_learning"
    heading: ClassVar[str] = "Learning of the lead score"

    every_month: bool = Field(
        True, title="Recalibrate every month", description="What is not better on the newest leads is never adopted."
    )
    horizon_days: int = Field(
        90,
        ge=1,
        le=730,
        title="Days within which a lead converts",
        description="Won within so many days or not. Younger leads teach nothing yet.",
    )
    most_leads: int = Field(
        10_000,
        ge=100,
        le=50_000,
        title="Leads learnt from at most",
        description="The newest; what is older has changed.",
    )
    warm_percent: int = Field(
        20,
        ge=1,
        le=98,
        title="Percent of leads at the warm threshold that convert",
        description="What is believed of the documented weights before any outcome.",
    )
    hot_percent: int = Field(
        50, ge=2, le=99, title="Percent of leads at the hot threshold that convert", description="Believed likewise."
    )
    least_hot_percent: int = Field(5, ge=1, le=50, title="Percent of leads that are hot, at least")
    most_hot_percent: int = Field(20, ge=1, le=50, title="Percent of leads that are hot, at most")
    least_warm_percent: int = Field(15, ge=1, le=49, title="Percent of leads that are warm, at least")
    most_warm_percent: int = Field(40, ge=1, le=49, title="Percent of leads that are warm, at most")
    hot_from_percent: int = Field(
        0,
        ge=0,
        le=99,
        title="Hot from this percent likely",
        description="What makes an attempt within minutes worth its cost; 0: by the shares above.",
    )
    warm_from_percent: int = Field(0, ge=0, le=98, title="Warm from this percent likely", description="0: by shares.")

    @model_validator(mode="after")
    def _in_order(self) -> LeadLearning:
        if self.warm_percent >= self.hot_percent:
            raise ValueError("more leads have to be believed to convert at the hot threshold than at the warm one")
        if self.least_hot_percent > self.most_hot_percent or self.least_warm_percent > self.most_warm_percent:
            raise ValueError("the least share may not be above the greatest")
        if self.hot_from_percent and self.warm_from_percent >= self.hot_from_percent:
            raise ValueError("hot has to begin above warm")
        return self
