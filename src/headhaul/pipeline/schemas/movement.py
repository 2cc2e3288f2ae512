"""What the pipeline's movement between two days takes and gives."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from headhaul.kernel import Page, Paged, Result
from headhaul.pipeline.choices import Movement
from headhaul.pipeline.schemas.periods import Day, DealScope, Link, PeriodChoice


class GetPipelineMovement(PeriodChoice, DealScope):
    """From the beginning of one day to the end of another, of the deals that are to close in a window.

    The window is the period named, or the days from `closingFrom` to `closingTo`. Without `from` it begins with the
    window, or with the current period where the window has not begun; without `to` it goes up to now.
    """

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    closing_from: Day | None = None
    closing_to: Day | None = None


class GetMovementDeals(GetPipelineMovement, Page):
    """The deals behind one step of the movement."""

    bucket: Movement


class MovementStep(Result):
    """What one kind of change added to the open pipeline, or took from it."""

    bucket: Movement
    label: str
    amount_cents: int = Field(description="Signed: what leaves is below 0")
    deals: int = Field(description="Signed; a changed amount changes no count")
    touched: int = Field(description="How many deals are behind it")
    link: Link


class PipelineMovement(Result):
    """Start plus all steps is the end, to the cent and to the deal. A deal without amount counts as 0."""

    from_: datetime = Field(alias="from")
    to: datetime
    closing_from: date
    closing_to: date
    start_cents: int
    start_deals: int
    end_cents: int
    end_deals: int
    unchanged_deals: int
    steps: list[MovementStep]


class MovementDeal(Result):
    """A deal behind a step, before and after."""

    id: int
    account_id: int | None
    name: str
    amount_cents: int = Field(description="What it added to the step, signed")
    amount_before_cents: int | None
    amount_after_cents: int | None
    close_before: date | None
    close_after: date | None
    owner_before_id: int | None
    owner_after_id: int | None
    stage_before_id: int | None
    stage_after_id: int | None
    is_there: bool = Field(description="False for a deal that was removed")


class MovementDeals(Paged[MovementDeal]):
    """A page of deals, largest part first."""
