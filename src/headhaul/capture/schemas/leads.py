"""Taking a lead down, and what comes of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from headhaul.accounts.choices import ContactRole
from headhaul.capture.choices import CaptureStatus, Grade, LeadDoor, LeadOutcome, LeadStatus, MatchedBy
from headhaul.capture.schemas.words import (
    ClientId,
    Day,
    EquipmentWord,
    Id,
    Instant,
    Line,
    Person,
    Short,
    SourceKey,
    TagWord,
    Text,
    Version,
)
from headhaul.kernel import DotNumber, Page, Paged, Payload, Result, StateCode

Address = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Number = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class ConsentGiven(Payload):
    """What they agreed to, in the words that were read or shown to them. Only what they said yes to is true.

    `isWritten`: they ticked or signed it themselves, on a form or the phone's screen; a spoken yes is not written.
    """

    email: bool = False
    sms: bool = False
    call: bool = False
    wording: Text = Field(default="", description="Left out, the event's own")
    is_written: bool = False


class CompanyGiven(Payload):
    """The company, as far as anybody said. With a USDOT number the census fills in what is left out."""

    company: Short = Field(default="", description="Its name", examples=["Lone Star Reefer"])
    dot_number: DotNumber | None = None
    street: Short = ""
    city: Short = ""
    state: StateCode | None = None
    zip: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=10, pattern=r"^[0-9]{0,5}(-?[0-9]{4})?$")
    ] = ""
    website: Short = ""
    fleet_size: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    equipment: Annotated[list[EquipmentWord], Field(max_length=10)] = []


class PersonGiven(CompanyGiven):
    """And the person. Without a name, addresses and numbers are the company's."""

    contact_name: Short = ""
    title: Short = ""
    role: ContactRole | None = None
    is_decision_maker: bool = False
    emails: Annotated[list[Address], Field(max_length=10)] = []
    phones: Annotated[list[Number], Field(max_length=10)] = []


class CaptureLead(PersonGiven):
    """A lead. It needs a person or a company; everything else may be left out.

    `capturedAt` is what the device's clock said then, `deviceNow` what it says while sending: by their difference to
    ours a wrong clock is put right.
    """

    client_id: ClientId
    event_id: Id | None = None
    source: SourceKey | None = Field(default=None, description="Left out, the event's; without an event, `other`")
    medium: Short = Field(default="", description="Left out, the source's")
    campaign: Short = Field(default="", description="Left out, the event's")
    captured_at: Instant | None = None
    device_now: Instant | None = None
    was_offline: bool = Field(default=False, description="Whether it waited on the device for the network")
    note: Text = ""
    tags: Annotated[list[TagWord], Field(max_length=20)] = []
    follow_up_days: Annotated[int, Field(ge=0, le=60)] | None = Field(
        default=None, description="Working days until the follow-up; left out, the event's; 0 is the same day"
    )
    follow_up_on: Day | None = Field(default=None, description="Or the day itself")
    follow_up: bool = Field(default=True, description="Whether a task is set at all")
    consent: ConsentGiven | None = None

    @model_validator(mode="after")
    def _one_follow_up(self) -> CaptureLead:
        if self.follow_up_days is not None and self.follow_up_on is not None:
            raise ValueError("say followUpDays or followUpOn, not both")
        return self


class ScoreReason(Result):
    """What a fact adds to the score."""

    feature: str
    text: str
    points: float
    most: float
    is_known: bool


class WhatIf(Result):
    """What it would take to reach the next class."""

    reaches: int
    text: str


class LeadCaptured(Result):
    """What came of it. `isNew`: the account is new. `joined` says how it was recognised, "" where nothing was.

    `status`: `created` is a lead of its own, `already` the answer to the same client id before, `joined` means that
    the same person was taken down at this event before; then `leadId` is that lead's.
    """

    lead_id: int
    client_id: str
    account_id: int | None
    contact_id: int | None
    opportunity_id: int | None
    is_new: bool
    joined: str
    matched_by: MatchedBy
    differs: list[str] = Field(description="What was said otherwise than what was known, which stays")
    score: int | None
    grade: Grade
    p_convert: float | None
    reasons: list[ScoreReason]
    counterfactuals: list[WhatIf]
    owner: Person | None
    routed: str = Field(description="Why it is theirs")
    due_at: datetime | None
    follow_up_id: int | None
    captured_at: datetime
    clock_note: str
    status: CaptureStatus


class CaptureLeads(Payload):
    """Leads that waited on a device. Each is taken by itself: one that cannot be taken does not stop the others."""

    items: Annotated[list[CaptureLead | dict[str, Any]], Field(min_length=1, max_length=100)]
    device_now: Instant | None = Field(default=None, description="For items that do not say it themselves")


class CaptureFault(Result):
    """Why a lead was not taken, and what would be right."""

    code: str
    message: str
    fields: dict[str, str]


class CaptureItem(Result):
    """What came of one of them: a lead, or a fault."""

    client_id: str
    lead: LeadCaptured | None = None
    fault: CaptureFault | None = None


class LeadsCaptured(Result):
    """In the order in which they were sent."""

    items: list[CaptureItem]
    created: int
    already: int
    joined: int
    failed: int


class ScoreLead(PersonGiven):
    """What would the score be? By lead as it is now, or by what is given; nothing is written."""

    lead_id: Id | None = None
    event_id: Id | None = None
    source: SourceKey | None = None


class LeadScored(Result):
    """A score and its reasons. `features` are the numbers it rests on, `model` what they were weighed with."""

    score: int
    grade: Grade
    p_convert: float | None
    reasons: list[ScoreReason]
    counterfactuals: list[WhatIf]
    features: dict[str, float]
    model: str
    account_id: int | None
    matched_by: MatchedBy


class GetLeadQueue(Page):
    """Leads that wait, hot ones first, the newest of each class first."""

    status: Literal["open", "new", "working", "qualified", "converted", "disqualified", "all"] = "open"
    grade: Grade | None = None
    owner: Literal["me", "none", "all"] = "all"
    owner_id: Id | None = None
    event_id: Id | None = None
    source: SourceKey | None = None
    account_id: Id | None = None
    is_late: bool = Field(default=False, description="Only those whose first attempt is overdue")
    is_spam: bool = Field(default=False, description="What was held back as junk, to look through")
    order: Literal["hot", "newest"] = "hot"


class LeadRow(Result):
    """A lead as lists show it."""

    id: int
    client_id: str
    version: int
    name: str = Field(description="The person's, else the company's")
    company: str
    account_id: int | None
    contact_id: int | None
    opportunity_id: int | None
    dot_number: int | None
    city: str
    state: str
    event_id: int | None
    event: str
    source: str
    source_name: str
    medium: str
    campaign: str
    door: LeadDoor
    captured_at: datetime
    captured_by: Person | None
    status: LeadStatus
    score: int | None
    grade: Grade
    owner: Person | None
    due_at: datetime | None
    first_attempt_at: datetime | None
    escalated_at: datetime | None
    is_late: bool
    outcome: LeadOutcome | None
    is_spam: bool
    tags: list[str]


class LeadsPage(Paged[LeadRow]):
    """A page of leads."""


class GetLead(Payload):
    """A lead by its id, or by the client id it was sent with."""

    lead_id: Id | None = None
    client_id: ClientId | None = None


class RoutingStep(Result):
    """Why it went to somebody."""

    at: datetime
    owner: Person | None
    by: str
    why: str
    passed_over: list[str]


class TouchRow(Result):
    """A touch of the account."""

    at: datetime
    kind: str
    channel: str
    source: str
    campaign: str
    lead_id: int | None


class LeadDetail(LeadRow):
    """A lead with everything that is known of it. `asGiven` is what was typed, word for word."""

    as_given: dict[str, Any]
    note: str
    consent: dict[str, Any]
    joined: str
    matched_by: MatchedBy
    differs: list[str]
    clock_note: str
    received_at: datetime
    status_reason: str
    spam_reasons: list[str]
    kept_at: datetime | None = Field(description="Since when somebody looks into what was held back as junk")
    removed_on: date | None = Field(description="When the time of what was held back is over; null for what stays")
    p_convert: float | None
    scored_at: datetime | None
    features: dict[str, float]
    reasons: list[ScoreReason]
    counterfactuals: list[WhatIf]
    routed: str
    routing: list[RoutingStep]
    follow_up_id: int | None
    outcome_at: datetime | None
    merged_into_id: int | None
    doubles: int
    touches: list[TouchRow]


class UpdateLead(Payload):
    """What to change of a lead; what is left out stays. `version` is the one that was read."""

    lead_id: Id
    version: Version
    status: Literal["new", "working", "qualified"] | None = None
    owner_id: Id | None = Field(default=None, description="null gives it to nobody")
    note: Text | None = None
    tags: Annotated[list[TagWord], Field(max_length=20)] | None = None


class DisqualifyLead(Payload):
    """A lead nobody goes on with, and why."""

    lead_id: Id
    version: Version | None = None
    reason: Line


class ReopenLead(Payload):
    """A lead that was disqualified, to be worked on after all."""

    lead_id: Id
    version: Version | None = None


class ReleaseLead(Payload):
    """What was held back as junk and is none."""

    lead_id: Id


class KeepHeldLead(Payload):
    """What was held back as junk and is to be looked into, or `keep` false: not any more."""

    lead_id: Id
    keep: bool = True


class PruneHeldLeads(Payload):
    """What was held back as junk longer ago than the setting says."""


class HeldLeadsPruned(Result):
    """How many were removed, and from before when they were."""

    removed: int
    held_before: datetime
