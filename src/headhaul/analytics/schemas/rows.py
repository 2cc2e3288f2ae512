"""The rows behind the figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from headhaul.analytics.schemas.figures import AnalyticsScope, Days
from headhaul.kernel import Page, Paged, Result
from headhaul.pipeline.schemas.words import Id, StageKey

DealMetric = Literal[
    "openPipeline", "coverage", "newDeals", "dealsWon", "wonAmount", "winRate", "winRateByValue", "averageDeal",
    "cycle", "velocity", "forecastAccuracy30", "forecastAccuracy60", "forecastAccuracy90", "stageEntered",
    "stageSkipped", "stageConversion", "stageLost", "stageOpen", "stageWon", "stageTime",
]  # fmt: skip
ActivityMetric = Literal["touches", "calls", "emails", "texts", "meetings"]


class GetAnalyticsDeals(AnalyticsScope, Page):
    """The figure, with the filters under which it was read. Figures of stages need the stage."""

    metric: DealMetric
    stage: StageKey | None = None
    pipeline_id: Annotated[
        Id | None, Field(description="Of one pipeline alone; left out, all, and of stages the default one")
    ] = None


class GetAnalyticsActivities(AnalyticsScope, Page):
    """The figure, with the filters under which it was read; and of whom, where it is one person's."""

    metric: ActivityMetric
    rep: Literal["none"] | Id | None = Field(default=None, description="A user's id; none: nobody's")


class GetAnalyticsAccounts(AnalyticsScope, Page):
    """The figure, with the filters under which it was read."""

    metric: Literal["newAccounts"] = "newAccounts"


class AnalyticsDeal(Result):
    """A deal behind a figure. A forecast's are as the snapshot of its night knew them."""

    id: int
    account_id: int
    account: str
    name: str
    owner_id: int | None
    owner: str
    stage: str
    kind: str
    amount_cents: int | None
    probability: int
    close_on: date | None
    opened_at: datetime | None
    closed_at: datetime | None
    days: float | None = Field(description="From opening to the end, of one that ended")


class AnalyticsDeals(Paged[AnalyticsDeal]):
    """Largest amount first. `cents` adds up the amounts of all of them; it comes with the first page.

    The period of a forecast's accuracy is the one that was judged; `weightedCents` is what was forecast: each amount by
    its probability then.
    """

    period: Days
    cents: int | None = None
    weighted_cents: int | None = None


class AnalyticsActivity(Result):
    """An activity behind a figure."""

    id: int
    account_id: int
    account: str
    type: str
    direction: str
    outcome: str
    subject: str
    happened_at: datetime
    owner_id: int | None
    owner: str


class AnalyticsActivities(Paged[AnalyticsActivity]):
    """Newest first."""

    period: Days


class AnalyticsAccount(Result):
    """An account behind a figure."""

    id: int
    name: str
    state: str
    segment: str
    source: str
    created_at: datetime
    owner_id: int | None
    owner: str


class AnalyticsAccounts(Paged[AnalyticsAccount]):
    """Newest first."""

    period: Days
