"""Routing rules, what they would have done, and who is away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from headhaul.capture.choices import EventKind, Grade
from headhaul.capture.schemas.words import Day, Id, Line, Person, Short, SourceKey
from headhaul.carriers.choices import Segment
from headhaul.kernel import Empty, Payload, Result, StateCode

RuleKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["southwest"])]
RegionWord = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$"), Field(examples=["south_central"])]


class RoutingTaker(Payload):
    """Somebody who takes leads of a rule, with how many. Without a number there is no limit."""

    user_id: Id
    per_day: Annotated[int, Field(ge=0, le=10_000)] | None = Field(default=None, description="Leads a day of the firm")
    most_open: Annotated[int, Field(ge=0, le=100_000)] | None = Field(
        default=None, description="Open leads at a time, of whatever rule"
    )


class RoutingRule(Payload):
    """Which leads it takes, and who gets them in turn. Conditions that are left out hold for every lead.

    Takers of `userIds` have no limit of their own; `takers` may have one. `mostOpenOfRule` holds for each of them.
    """

    key: RuleKey
    name: Line
    is_active: bool = True
    regions: Annotated[list[RegionWord], Field(max_length=20)] = []
    states: Annotated[list[StateCode], Field(max_length=60)] = []
    segments: Annotated[list[Segment], Field(max_length=10)] = []
    grades: Annotated[list[Grade], Field(max_length=4)] = []
    sources: Annotated[list[SourceKey], Field(max_length=50)] = []
    event_kinds: Annotated[list[EventKind], Field(max_length=10)] = []
    event_ids: Annotated[list[Id], Field(max_length=100)] = []
    takers: Annotated[list[RoutingTaker], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _once(self) -> RoutingRule:
        ids = [taker.user_id for taker in self.takers]
        if len(ids) != len(set(ids)):
            raise ValueError("each taker stands in a rule once")
        return self


class GetLeadRouting(Empty):
    """Needs nothing."""


class TakerRow(Result):
    """Somebody of a rule, with what they have now."""

    user: Person
    is_active: bool
    per_day: int | None
    most_open: int | None
    open_now: int
    got_today: int
    away_until: date | None
    stand_in: Person | None


class RuleRow(Result):
    """A rule as it is in force."""

    key: str
    name: str
    is_active: bool
    conditions: list[str]
    regions: list[str]
    states: list[str]
    segments: list[str]
    grades: list[str]
    sources: list[str]
    event_kinds: list[str]
    event_ids: list[int]
    takers: list[TakerRow]


class AwayRow(Result):
    """An absence that goes on or is to come."""

    id: int
    user: Person
    starts_on: date
    ends_on: date
    stand_in: Person | None
    note: str


class RoutingVersionRow(Result):
    """When the rules were saved, and by whom."""

    number: int
    saved_at: datetime
    saved_by: str
    note: str


class LeadRouting(Result):
    """The rules in force, in the order in which they are asked: the first that fits and has somebody free decides."""

    version: int
    rules: list[RuleRow]
    otherwise: str
    away: list[AwayRow]
    versions: list[RoutingVersionRow]


class SaveLeadRouting(Payload):
    """All rules, in their order, in the place of those that are in force. `version` is the one that was read; 0: none.

    `dryRun` saves nothing and says what they would have done with the leads of the last days.
    """

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    rules: Annotated[list[RoutingRule], Field(max_length=100)]
    note: Short = ""
    dry_run: bool = False
    dry_run_days: Annotated[int, Field(ge=1, le=365)] = 30


class DryRunRow(Result):
    """A past lead: whose it is, and whose it would have been."""

    lead_id: int
    name: str
    captured_at: datetime
    now: Person | None
    then: Person | None
    rule: str
    why: str


class DryRunCount(Result):
    """How many would have gone to whom."""

    user: Person | None
    leads: int
    now: int


class DryRun(Result):
    """What the rules would have done. `items` are the newest that would have gone elsewhere."""

    days: int
    leads: int
    changed: int
    by_rule: dict[str, int]
    by_owner: list[DryRunCount]
    items: list[DryRunRow]
    left_out: int


class LeadRoutingSaved(Result):
    """The rules as they are now, or the outcome of the dry run."""

    routing: LeadRouting
    dry_run: DryRun | None = None


class GetOutOfOffice(Payload):
    """Whose absences; managers may ask of others."""

    user_id: Id | None = Field(default=None, description="Left out, oneself")


class SetOutOfOffice(Payload):
    """Away from one day to another, both included. Managers may say it of others; `remove` takes an absence back."""

    user_id: Id | None = Field(default=None, description="Left out, oneself")
    starts_on: Day | None = None
    ends_on: Day | None = None
    stand_in_id: Id | None = None
    note: Short = ""
    remove_id: Id | None = None


class OutOfOfficeSet(Result):
    """All absences of the user that go on or are to come."""

    user: Person
    away: list[AwayRow]
