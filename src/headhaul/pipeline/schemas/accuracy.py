"""What forecast accuracy and predictions take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from headhaul.kernel import Page, Paged, Result
from headhaul.pipeline.choices import Period
from headhaul.pipeline.schemas.periods import DealScope, PeriodShown

Method = Literal["stage", "ai", "commit", "best_case", "rep_calls", "manager_call"]
Lead = Literal["start", "days_30", "days_7"]


class GetForecastAccuracy(DealScope):
    """How many past periods of a kind to judge, and whose deals."""

    period: Period | None = Field(default=None, description="Left out: as the settings say")
    periods: int = Field(default=4, ge=1, le=12)


class Judged(Result):
    """What a method said at a moment against what was won: accuracy = 1 − |forecast − actual| ÷ actual, in percent.

    Bias is (forecast − actual) ÷ actual, in percent. Neither exists where nothing was won, nor where there was
    no deal yet (n = 0), so that nothing had been said.
    """

    method: Method
    lead: Lead
    said_at: datetime
    forecast_cents: int
    accuracy: float | None
    bias: float | None
    n: int = Field(description="Deals behind it, or calls")


class JudgedPeriod(Result):
    """A past period: what was won, and what had been said of it."""

    period: PeriodShown
    actual_cents: int
    actual_deals: int
    said: list[Judged]


class MethodSummary(Result):
    """A method at a lead over the periods that can be judged."""

    method: Method
    lead: Lead
    mean_accuracy: float
    mean_bias: float
    periods: int


class ForecastAccuracy(Result):
    """How good the forecasts were. Each was rebuilt from what was known at its moment, never with what came later."""

    state: Literal["ready", "not_enough"]
    missing: list[str]
    summary: list[MethodSummary]
    periods: list[JudgedPeriod]


class GetPredictions(DealScope, Page):
    """Open deals with what model and stage say, those that differ most first; on request only those over 20 points."""

    only_diverging: bool = False


class Prediction(Result):
    """An open deal's probabilities in percent. Without a word of the model the last three are null."""

    id: int
    account_id: int
    name: str
    owner_id: int | None
    stage: str
    amount_cents: int | None
    close_on: date | None
    stage_probability: int
    ai_probability: float | None
    difference: float | None = Field(description="AI − stage, in points")
    predicted_at: datetime | None


class Predictions(Paged[Prediction]):
    """A page of predictions, and whether a model has spoken at all."""

    state: Literal["all", "some", "none"]
    predicted_deals: int
    open_deals: int
    won_deals: int
    lost_deals: int
    needed: str
