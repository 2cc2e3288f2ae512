"""What stage conversions take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from headhaul.carriers.choices import Segment
from headhaul.kernel import Result
from headhaul.pipeline.schemas.periods import Day, DealScope, Link
from headhaul.pipeline.schemas.words import Split


class GetStageConversions(DealScope):
    """Whose deals, and the days in which they entered a stage; left out, the year up to today."""

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    segment: Annotated[list[Segment], Split, Field(max_length=6, description="Of the accounts' fleets")] = []


class Share(Result):
    """A percentage of n with its 95 % interval; none at all where n is 0."""

    percent: float | None
    low: float | None
    high: float | None
    n: int


class Lengths(Result):
    """How long it took, over n; in days and in the firm's working days."""

    n: int
    median_days: float | None
    mean_days: float | None
    median_working_days: float | None
    mean_working_days: float | None


class StageConversion(Result):
    """The deals that entered a stage for the first time in the days asked for, and what became of them until now.

    A deal that jumped over the stage entered it and moved on at once: it counts in `entered` and in `skipped`, not in
    the time in stage. `movedForward`, `lost` and `stillOpen` make `entered`.
    """

    stage: str
    label: str
    position: int
    probability: int = Field(description="What the settings say, to hold the rate against")
    entered: int
    moved_forward: int
    lost: int
    still_open: int
    moved_back: int = Field(description="Of the open ones, those in an earlier stage now")
    skipped: int
    conversion: Share = Field(description="Moved forward ÷ entered")
    win_rate: Share = Field(description="Won by now ÷ entered")
    time_in_stage: Lengths = Field(description="All stays of a deal together, of deals that are no longer in it")
    open_now: int = Field(description="Open deals in the stage at this moment, whenever they came")
    open_cents: int
    link: Link


class StageConversions(Result):
    """The funnel of one pipeline, and how the deals decided in the same days went."""

    from_: date = Field(alias="from")
    to: date
    as_of: datetime
    pipeline_id: int
    pipeline: str
    stages: list[StageConversion]
    won: int
    lost: int
    won_cents: int
    lost_cents: int
    win_rate: Share = Field(description="Won ÷ won and lost, of deals closed in these days")
    win_rate_by_value: Share
    cycle: Lengths = Field(description="From opening to winning")
    open_now: int
    average_won_cents: int | None
    velocity_cents_a_day: int | None = Field(
        description="Open deals × win rate × average won amount ÷ median cycle in days; none without a won deal"
    )
