"""What forecasts, calls and quotas take and give. Money is in cents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.kernel import Page, Paged, Result
from headhaul.pipeline.choices import SubmissionKind
from headhaul.pipeline.schemas.periods import Cents, DealScope, Id, Link, Moment, PeriodChoice, PeriodShown

Probability = Literal["stage", "ai"]
Bucket = Literal["all", "closed", "open", "commit", "best_case", "pipeline", "omitted", "no_amount", "diverging"]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00]*$")]


class GetForecast(PeriodChoice, DealScope):
    """A period, whose deals, and by whose probability they are weighted. `asOf` asks what was known at a moment."""

    probability: Probability = "stage"
    as_of: Moment | None = None


class GetForecastDeals(GetForecast, Page):
    """The rows behind a number of the forecast."""

    bucket: Bucket = "all"


class Figures(Result):
    """What a forecast adds up, in cents.

    `commitTotal` and `bestCaseTotal` are what a call is compared with: closed and commit, and best case on top.
    `weighted` sums open deals times probability without the omitted ones; `expected` adds what is closed.
    """

    closed_cents: int = 0
    commit_cents: int = 0
    best_case_cents: int = 0
    pipeline_cents: int = 0
    omitted_cents: int = 0
    open_cents: int = Field(default=0, description="commit, best case and pipeline together")
    weighted_cents: int = 0
    expected_cents: int = 0
    commit_total_cents: int = 0
    best_case_total_cents: int = 0
    closed_deals: int = 0
    open_deals: int = 0
    deals_without_amount: int = 0
    deals_with_ai: int = 0


class ForecastCall(Result):
    """What somebody said a period will bring, closed deals included."""

    id: int
    commit_cents: int
    best_case_cents: int
    note: str
    submitted_at: datetime
    submitted_by: str


class CallSum(Result):
    """Reps' calls added up, and of how many."""

    commit_cents: int
    best_case_cents: int
    callers: int


class ForecastRow(Figures):
    """An owner, a team, or all together. Coverage is open ÷ (quota − closed); none without a gap to cover."""

    kind: Literal["owner", "nobody", "team", "no_team", "total"]
    id: int | None
    name: str
    team_id: int | None
    quota_cents: int | None
    quota_is_sum: bool = Field(description="Summed from the people's and teams' quotas, for want of an own one")
    gap_cents: int | None = Field(description="quota − closed; negative when more than the quota is closed")
    coverage: float | None
    rep_call: ForecastCall | None = Field(description="A person's own call")
    rep_calls: CallSum | None = Field(description="The own calls of all its people together, for a team or the total")
    manager_call: ForecastCall | None
    links: dict[str, Link]


class Divergence(Result):
    """An open deal on which model and stage differ by more than 20 points."""

    id: int
    account_id: int | None
    name: str
    amount_cents: int | None
    stage_probability: int
    ai_probability: float
    difference: float = Field(description="AI − stage, in points: below 0 a hidden risk, above a hidden chance")


class Forecast(Result):
    """The forecast of a period: owners, teams, and the total. All numbers come from the same deals."""

    period: PeriodShown
    as_of: datetime
    probability: Probability
    total: ForecastRow
    teams: list[ForecastRow]
    owners: list[ForecastRow]
    overdue_deals: int | None = Field(description="Open deals whose close date lies before the period: in no number")
    diverging: list[Divergence]
    diverging_deals: int


class ForecastDeal(Result):
    """A deal behind a number, as it was known at the moment asked for."""

    id: int
    account_id: int | None
    name: str
    owner_id: int | None
    stage_id: int
    kind: str
    category: str
    amount_cents: int | None
    close_on: str | None
    closed_at: datetime | None
    stage_probability: int
    ai_probability: float | None


class ForecastDeals(Paged[ForecastDeal]):
    """A page of deals, largest amount first."""


class SubmitForecast(PeriodChoice):
    """A call on a period: one's own, or as a manager on somebody's, a team's or the firm's."""

    commit_cents: Cents
    best_case_cents: Annotated[int, Field(ge=0, le=10**15, description="At least the commit")]
    note: Note = ""
    user_id: Id | None = Field(default=None, description="Whose deals it speaks of; left out: one's own")
    team_id: Id | None = None
    firm: bool = Field(default=False, description="The whole firm's")
    kind: SubmissionKind | None = Field(
        default=None, description="rep: one's own call; manager: a manager's. Left out: rep for oneself"
    )


class ForecastSubmitted(Result):
    """The call as it was kept, with what the pipeline said at that moment."""

    kind: SubmissionKind
    period: PeriodShown
    user_id: int | None
    team_id: int | None
    call: ForecastCall
    computed: Figures


class SetQuota(PeriodChoice):
    """What a person, a team or (with neither) the firm is to win in a period; null takes the quota away."""

    amount_cents: Cents | None
    user_id: Id | None = None
    team_id: Id | None = None
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        default=None, description="The one that was read, 0 where there is no quota yet"
    )


class GetQuotas(PeriodChoice):
    """The period whose quotas are wanted."""


class QuotaRow(Result):
    """A quota; without one, amount is null and version 0."""

    kind: Literal["user", "team", "firm"]
    id: int | None
    name: str
    team_id: int | None
    amount_cents: int | None
    version: int


class QuotaSet(QuotaRow):
    """The quota as it is now."""

    period: PeriodShown


class Quotas(Result):
    """Quotas of everybody who sells, of every team, and of the firm."""

    period: PeriodShown
    items: list[QuotaRow]
