"""What the opportunities' actions take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from headhaul.accounts.schemas.accounts import Owner
from headhaul.carriers.choices import Segment
from headhaul.kernel import DotNumber, Page, Paged, Payload, Result, StateCode
from headhaul.pipeline.choices import ForecastCategory, Risk, StageKind
from headhaul.pipeline.schemas.stages import StageRow
from headhaul.pipeline.schemas.words import Cents, Custom, EffectiveAt, Id, Line, Short, Split, StageKey, Text, Version

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00]*$")]

Whose = Annotated[Literal["me", "team", "none"] | Id | None, Field(description="me, team (mine), none, or a user's id")]


class OpportunityRow(Result):
    """An opportunity as lists show it. `daysInStage` are working days; `stageIsLate`: more than the stage allows."""

    id: int
    version: int
    name: str
    account_id: int
    account_name: str
    dot_number: int | None
    segment: Segment
    state: str
    pipeline_id: int
    stage: str
    stage_label: str
    kind: StageKind
    probability: int
    amount_cents: int | None
    close_on: date | None
    next_step: str
    next_step_on: date | None
    owner: Owner | None
    category: ForecastCategory
    category_is_set: bool
    stage_entered_at: datetime
    days_in_stage: int
    sla_days: int | None
    stage_is_late: bool
    pushes: int
    risks: list[Risk]
    ai_close_probability: float | None
    lost_reason: str
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    custom: dict[str, Any]


class OpportunityReverted(OpportunityRow):
    """The opportunity as it is again. `undoNote`: what became of the sequences that the move had ended."""

    undo_note: str = ""


class OpportunitiesPage(Paged[OpportunityRow]):
    """A page of opportunities."""


class Filters(Payload):
    """What narrows opportunities; all conditions hold together."""

    pipeline_id: Id | None = None
    q: Words = Field(default="", description="A part of the opportunity's or account's name, or a USDOT number")
    owner: Whose = None
    segment: Annotated[list[Segment], Split, Field(max_length=6)] = []
    state: StateCode | None = None
    category: Annotated[list[ForecastCategory], Split, Field(max_length=5)] = []
    closing_from: date | None = None
    closing_to: date | None = None
    risk: Risk | Literal["any"] | None = None


Sorted = Literal["closing", "amount", "changed", "name", "stageAge"]


class OpportunityFilters(Filters):
    """What narrows the table; the open ones unless `kind` says otherwise."""

    kind: Annotated[list[StageKind], Split, Field(max_length=3)] = [StageKind.OPEN]
    stage: Annotated[list[StageKey], Split, Field(max_length=20)] = []
    account_id: Id | None = None
    team_id: Id | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    custom: Custom = {}


class ListOpportunities(OpportunityFilters, Page):
    """A page of opportunities."""

    sort: Sorted = "closing"


class Person(Result):
    """Somebody who has a part in the deal."""

    id: int
    name: str
    title: str
    role: str
    buying_role: str
    is_decision_maker: bool
    has_left: bool


class FoundRisk(Result):
    """A risk in words: what it is, since when, and what would clear it."""

    risk: Risk
    says: str
    since: datetime | None
    clears: str


class HistoryEntry(Result):
    """What a fact became. `validFrom` is since when it is so, `recordedAt` when Headhaul was told."""

    version: int
    field: str
    old: Any
    new: Any
    valid_from: datetime
    recorded_at: datetime
    by: str


class Stay(Result):
    """A stage on the way, from when to when, in working days; the last one has not ended while it is open."""

    stage: str
    label: str
    entered_at: datetime
    left_at: datetime | None
    days: int
    by: str


class OpportunityDetail(OpportunityRow):
    """An opportunity with everything its own page shows."""

    source: str
    competitor: str
    close_note: str
    decision_maker: Person | None
    committee: list[Person]
    contacts: list[Person] = Field(description="Everybody known at the account")
    signal_day: date | None
    signal_score: float | None
    signal_drivers: int | None
    drivers_now: int | None
    exit_criteria: str
    stages: list[StageRow]
    path: list[Stay]
    history: list[HistoryEntry]
    found: list[FoundRisk]
    missing: dict[str, list[str]] = Field(description="For each other stage, the fields it asks for and that are empty")
    created_at: datetime


class GetOpportunity(Payload):
    """One opportunity."""

    opportunity_id: Id


class Facts(Payload):
    """Facts of an opportunity that people write."""

    name: Line | None = None
    amount_cents: Cents | None = None
    close_on: date | None = None
    next_step: Short | None = None
    next_step_on: date | None = None
    decision_maker_id: Id | None = Field(default=None, description="A contact of the account")
    owner_id: Id | None = None
    competitor: Short | None = None
    source: Short | None = None
    custom: Custom | None = None
    effective_at: EffectiveAt | None = None


class CreateOpportunity(Facts):
    """A deal that may be made. The account is named by its id, or by USDOT number: then one is opened if needed."""

    account_id: Id | None = None
    dot_number: DotNumber | None = None
    pipeline_id: Id | None = None
    stage: StageKey | None = Field(default=None, description="The first open one of the pipeline when left out")
    category: ForecastCategory | None = None
    contact_ids: Annotated[list[Id], Field(max_length=50, description="The buying committee")] = []


class UpdateOpportunity(Facts):
    """Facts to change; what is left out stays, null clears. `version` is the one that was read."""

    opportunity_id: Id
    version: Version
    contact_ids: Annotated[list[Id], Field(max_length=50)] | None = Field(
        default=None, description="The whole buying committee, if it changes"
    )


class AtTheMove(Facts):
    """Facts that may be given with a change of stage, because the stage asks for them."""

    opportunity_id: Id
    version: Version
    lost_reason: Short | None = None
    note: Text | None = None


class MoveStage(AtTheMove):
    """Where it goes. `pipelineId` moves it to another pipeline."""

    to_stage: StageKey
    pipeline_id: Id | None = None


class CloseOpportunity(Payload):
    """How it ended. Lost needs a reason."""

    opportunity_id: Id
    version: Version
    outcome: Literal["won", "lost"]
    reason: Short | None = None
    note: Text | None = None
    amount_cents: Cents | None = None
    effective_at: EffectiveAt | None = None


class ReopenOpportunity(Payload):
    """An opportunity that ended and goes on: in the stage it was in last, or in the one named."""

    opportunity_id: Id
    version: Version
    to_stage: StageKey | None = None


class SetForecastCategory(Payload):
    """How sure its owner is; null lets the stage decide again."""

    opportunity_id: Id
    version: Version
    category: ForecastCategory | None


class RemoveOpportunity(Payload):
    """An opportunity that should not have been entered."""

    opportunity_id: Id
    version: Version


class RestoreOpportunity(Payload):
    """An opportunity that was removed."""

    opportunity_id: Id


class RevertOpportunity(Payload):
    """Takes back the change that made version `change` (left out: the present), while `version` is the present one."""

    opportunity_id: Id
    version: Version
    change: Version | None = None


class OpportunityRemoved(Result):
    """The opportunity that is gone."""

    id: int
    name: str
    account_id: int
