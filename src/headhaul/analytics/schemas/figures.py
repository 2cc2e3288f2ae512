"""What getAnalytics takes and gives. Money is in cents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from headhaul.analytics.metrics import Better, Unit
from headhaul.analytics.schemas.dashboard import Link
from headhaul.carriers.choices import Segment
from headhaul.kernel import Payload, Result
from headhaul.kernel.days import Day
from headhaul.pipeline.schemas.conversions import Lengths
from headhaul.pipeline.schemas.words import Id, Split

PeriodName = Literal[
    "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year", "custom"
]  # fmt: skip


class AnalyticsScope(Payload):
    """Which days of the firm's zone, whose work, and with carriers of which size."""

    period: PeriodName = "this_quarter"
    from_: Day | None = Field(default=None, alias="from", description="The first day, for a custom period")
    to: Day | None = Field(default=None, description="The last day of a custom period; left out, today")
    owner: Literal["me", "team", "all", "none"] | Id = Field(default="all", description="or a user's id")
    team_id: Literal["none"] | Id | None = Field(default=None, description="A team; none: whoever is in no team")
    segment: Annotated[list[Segment], Split, Field(max_length=6, description="Of the accounts' fleets")] = []


class GetAnalytics(AnalyticsScope):
    """Which days, whose, of what size."""


class Days(Result):
    """A stretch of days in the firm's zone, both ends included."""

    from_: date = Field(alias="from")
    to: date
    label: str


class Asked(Days):
    """The days asked for."""

    timezone: str
    is_over: bool
    as_of: datetime
    enough: int = Field(description="Percentages are given from this n on")


class Figure(Result):
    """One number of the catalogue. `link` lists the rows behind it: as many as `n` says.

    Without a value, `missing` says what there is not enough of. Percentages have Wilson's 95 % interval, the median of
    days that of its order statistics. `previous` is the same number of the days it is compared with.
    """

    key: str
    name: str
    group: str
    unit: Unit
    better: Better
    help: str
    formula: str
    version: int = Field(description="Of the definition: those of different versions are not comparable")
    value: float | None
    part: int | None = Field(default=None, description="Of a percentage: so many of n")
    n: int = Field(description="Rows behind the number")
    low: float | None = None
    high: float | None = None
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    is_enough: bool = True
    missing: str = ""
    note: str = Field(default="", description="What else has to be known to read it")
    previous: float | None = None
    change: float | None = Field(default=None, description="value − previous; of percentages in points")
    change_percent: float | None = Field(default=None, description="change ÷ previous; none of percentages")
    direction: Literal["up", "down", "same", "unknown"] = "unknown"
    verdict: Literal["better", "worse", "neither"] = "neither"
    link: Link | None = None


class TrendPoint(Result):
    """What fell into a day, week or month of the period."""

    starts_on: date
    ends_on: date
    new_deals: int = 0
    won: int = 0
    lost: int = 0
    won_cents: int = 0
    touches: int = 0
    new_accounts: int = 0


class KindCount(Result):
    """Activities of one kind."""

    metric: str
    count: int
    link: Link | None


class RepActivity(Result):
    """What one person did in the period; without an id it is nobody's."""

    user_id: int | None
    name: str
    touches: KindCount
    kinds: list[KindCount]


class StageSummary(Result):
    """Of the deals that entered a stage in the period, how many moved on by now."""

    stage: str
    label: str
    entered: KindCount
    moved_forward: KindCount
    percent: float | None
    low: float | None
    high: float | None
    is_enough: bool
    time_in_stage: Lengths


class LeadTime(Result):
    """What the weighted pipeline said so many days before a period ended, against what was won in it."""

    days: int
    snapshot_on: date | None = Field(description="The day whose snapshot speaks; none was kept near it without one")
    forecast_cents: int | None
    won_by_then_cents: int | None
    actual_cents: int
    accuracy: float | None = Field(
        description="100 × (1 − |forecast − actual| ÷ actual), not below 0; null where there was no deal yet"
    )
    bias: float | None = Field(description="100 × (forecast − actual) ÷ actual")
    deals: int


class JudgedForecast(Result):
    """The latest ended period at or before the one asked for, and what was said of it."""

    period: Days
    leads: list[LeadTime]


class Analytics(Result):
    """Every figure of the period, how it went within it, who did what, and how deals moved."""

    period: Asked
    compared_with: Days
    catalogue: str = Field(description="Version of the metrics' definitions")
    figures: list[Figure]
    trend: list[TrendPoint]
    bucket: Literal["day", "week", "month"]
    reps: list[RepActivity]
    stages: list[StageSummary]
    pipeline: str = Field(description="The pipeline whose stages these are: the default one")
    forecasts: list[JudgedForecast]
