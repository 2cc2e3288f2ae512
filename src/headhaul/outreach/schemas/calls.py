"""What calls and their campaigns take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.activities.schemas.common import Body, Id, Instant, Subject
from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.kernel.schemas import Cursor
from headhaul.outreach.choices import CampaignState, Disposition, TargetState

MOST_TARGETS = 10_000
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]*$")
]
Group = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f]*$")]
Script = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
Transcript = Annotated[str, StringConstraints(max_length=200_000, pattern=r"^[^\x00]*$")]
Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=r"^https://[^\s\x00]+$")]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=320, pattern=r"^[^\x00-\x1f]*$")]
LocalTime = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"),
    Field(examples=["2026-11-23T09:30"]),
]
Version = Annotated[int, Field(ge=1)]


class SaveCallCampaign(Payload):
    """A call campaign, new or changed. A change names the version that was read; what is left out stays."""

    call_campaign_id: Id | None = None
    version: Version | None = None
    name: Name | None = None
    campaign: Group | None = Field(default=None, description="What reports group it under; else its name")
    script: Script | None = Field(default=None, description="A changed text is kept as a new version")
    owner_id: Id | None = None
    tries: Annotated[int, Field(ge=1, le=20)] | None = Field(default=None, description="Calls before a target is done")
    hours_between: Annotated[int, Field(ge=1, le=720)] | None = Field(default=None, description="Between two tries")


class OneCallCampaign(Payload):
    """A call campaign."""

    call_campaign_id: Id
    version: Version | None = None


class SetCallCampaignStatus(OneCallCampaign):
    """Whether it hands out calls. A finished one is only looked at."""

    state: CampaignState


class GetCallCampaigns(Payload):
    """Which call campaigns, the newest first."""

    states: Annotated[list[CampaignState], Field(max_length=4)] = []


class CallCampaignRow(Result):
    """A call campaign with what became of its targets."""

    id: int
    name: str
    campaign: str
    state: CampaignState
    script: str
    script_version: int
    owner_id: int | None
    owner: str
    sequence_id: int | None = Field(description="Whose call steps land here")
    tries: int
    hours_between: int
    version: int
    targets: int
    queued: int = Field(description="To be called, now or later")
    callbacks: int
    taken: int
    done: int
    skipped: int
    calls: int
    conversations: int
    meetings: int
    created_at: datetime
    updated_at: datetime


class CallCampaigns(Result):
    """Call campaigns."""

    items: list[CallCampaignRow]


class AddCallTargets(Payload):
    """People to be called: by id, from a saved view of contacts, or by its filters. Named in exactly one way."""

    call_campaign_id: Id
    contact_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_TARGETS)] | None = None
    view_id: Id | None = None
    contact_filters: dict[str, object] | None = Field(default=None, description="As listContacts takes them")


class RemoveCallTargets(Payload):
    """Targets that nobody has called yet."""

    call_campaign_id: Id
    contact_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_TARGETS)]


class GetCallTargets(Page):
    """Whom a call campaign has: everybody, or those who stand so."""

    call_campaign_id: Id
    states: Annotated[list[TargetState], Field(max_length=5)] = []
    contact_id: Id | None = None


class CallTargetRow(Result):
    """Somebody of a call campaign, and where they stand in it."""

    target_id: int
    contact_id: int
    contact: str
    title: str
    account_id: int
    account: str
    score: float | None
    state: TargetState
    tries: int
    last_disposition: Disposition | None
    due_at: datetime = Field(description="Not to be called before: the time of a call-back, or of the next try")
    is_callback: bool = Field(description="They asked to be called at that time")
    added_at: datetime
    sequence_id: int | None = Field(description="Whose call step asked for it")
    sequence: str
    step_key: str
    taken_by_id: int | None
    taken_by: str
    may_be_removed: bool = Field(description="Nobody has taken or called them yet, and no sequence asked for it")


class CallTargets(Paged[CallTargetRow]):
    """The last one added first."""


class NotAdded(Result):
    """Who was not added, and why."""

    contact_id: int
    name: str
    reason: str


class Barred(Result):
    """How many cannot be called as things stand, however late it is, for one reason."""

    rule: str
    sentence: str
    count: int


class CallTargetsAdded(Result):
    """How many were added, and why each other was not."""

    campaign: CallCampaignRow
    added: int
    barred: list[Barred] = Field(description="Of those added: how many cannot be called as things stand, and why")
    not_added: list[NotAdded]


class CallTargetsRemoved(Result):
    """How many were removed."""

    campaign: CallCampaignRow
    removed: int


class GetCallQueue(Payload):
    """Whom to call next. Without a campaign those of all active ones."""

    call_campaign_id: Id | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 25
    cursor: Cursor | None = None


class Why(Result):
    """A rule that speaks against a call now, and from when on it would not."""

    rule: str
    sentence: str
    until: datetime | None


class QueueRow(Result):
    """Somebody to be called. `isCallable`: every rule allows it now."""

    target_id: int
    call_campaign_id: int
    call_campaign: str
    contact_id: int
    contact: str
    title: str
    account_id: int
    account: str
    city: str
    state: str
    segment: str
    number: str
    score: float | None
    timezone: str
    local_time: datetime | None
    target_state: TargetState
    due_at: datetime
    is_callback: bool
    tries: int
    last_disposition: Disposition | None
    is_callable: bool
    next_allowed_at: datetime | None
    why: list[Why]
    taken_by_id: int | None
    taken_by: str


class CallQueue(Result):
    """Due call-backs first, then by score whom one may call now, then the others by when one may."""

    items: list[QueueRow]
    next_cursor: str | None = Field(description="Who comes after these, as the queue stands then")
    total: int = Field(description="To be called in all, now or later")
    callable_now: int = Field(description="Of all: every rule allows it now")
    callable_is_exact: bool = Field(description="Otherwise at least so many: not all were looked at")
    barred: list[Barred] = Field(description="Of all: how many cannot be called as things stand, and why")
    next_allowed_at: datetime | None = Field(description="When the next of the others may be called")
    mine: list[QueueRow] = Field(description="What I have taken")


class TakeCall(Payload):
    """A target to call: the one named, or the next of a campaign or of all."""

    target_id: Id | None = None
    call_campaign_id: Id | None = None


class OneTarget(Payload):
    """A target."""

    target_id: Id


class ReleaseCall(OneTarget):
    """A taken target goes back into the queue, or is left out for good."""

    skip: bool = False


class PastCall(Result):
    """A call that was made before."""

    id: int
    at: datetime
    user: str
    disposition: Disposition | None
    notes: str
    seconds: int | None


class RecordingRule(Result):
    """What has to be said or asked before a call with them is recorded."""

    needs_consent: bool
    sentence: str
    cite: str


class CallCard(Result):
    """Everything for the call: who, what to say, what was said before, and whether it may be recorded."""

    target: QueueRow
    script: str
    script_version: int | None
    taken_until: datetime | None
    past: list[PastCall]
    recording: RecordingRule
    call_id: int | None = Field(description="Of a call that was begun and has no outcome yet")


class StartCall(Payload):
    """A call to a target one has taken, or to a contact."""

    target_id: Id | None = None
    contact_id: Id | None = None
    address: Address = Field(default="", description="One of the contact's numbers; the primary one when left out")
    my_number: Address = Field(
        default="", description="The telephone that rings first, when a provider dials; the one used last if left out"
    )
    take_over: bool = Field(
        default=False, description="Call them although another rep has taken them in a queue: for managers"
    )


class CallStarted(Result):
    """Who rings whom: a link for one's own telephone, or a message of the outbox that a provider dials."""

    call_id: int
    number: str
    href: str = Field(description="tel: link; empty when a provider dials")
    message_id: str | None
    receipt_id: int | None
    who: str
    local_time: datetime | None
    timezone: str
    recording: RecordingRule


class RecordingConsent(Payload):
    """How it came that the call was recorded."""

    announced: bool = False
    agreed: bool = False


class LogCallOutcome(Payload):
    """How a call ended. Logged again, it is corrected, as far as nothing followed from it."""

    call_id: Id
    disposition: Disposition
    notes: Body = ""
    seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    callback_at: Instant | None = None
    callback_local: LocalTime | None = Field(default=None, description="The same on the contact's own clock")
    meeting_at: Instant | None = None
    meeting_local: LocalTime | None = None
    recording_url: Url | None = None
    recording_consent: RecordingConsent = RecordingConsent()
    transcript: Transcript = ""


class OneCall(Payload):
    """A call."""

    call_id: Id


class CallRow(Result):
    """A call."""

    id: int
    started_at: datetime
    seconds: int | None
    direction: Literal["in", "out"]
    number: str
    contact_id: int | None
    contact: str
    account_id: int | None
    account: str
    user_id: int | None
    user: str
    call_campaign_id: int | None
    call_campaign: str
    script_version: int | None
    disposition: Disposition | None
    notes: str
    callback_at: datetime | None
    recording_url: str
    recording_consent: dict[str, object]
    transcript: str
    receipt_id: int | None
    activity_id: int | None
    target_id: int | None


class CallLogged(Result):
    """What was noted, and what followed from it, in sentences."""

    call: CallRow
    followed: list[str]


class GetCalls(Page):
    """Which calls, newest first."""

    call_campaign_id: Id | None = None
    contact_id: Id | None = None
    account_id: Id | None = None
    user_id: Id | None = None
    activity_ids: Annotated[list[Id], Field(max_length=100)] = Field(
        default=[], description="Those that stand on timelines as these activities"
    )
    dispositions: Annotated[list[Disposition | Literal["open"]], Field(max_length=12)] = []
    since: Instant | None = None
    until: Instant | None = None


class Calls(Paged[CallRow]):
    """Calls, newest first."""


class Record(Payload):
    """Something that is about to be, or just was, done outside of Headhaul. For what lies back: logActivity."""

    contact_id: Id
    address: Address = Field(default="", description="One of the contact's; the primary one when left out")
    text: Body = ""


class RecordEmail(Record):
    """An e-mail from one's own mail program."""

    subject: Subject = ""


class RecordSms(Record):
    """A text from one's own telephone."""


class RecordCall(Record):
    """A call from one's own telephone; how it ended, if it has."""

    disposition: Disposition | None = None
    seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None


class Recorded(Result):
    """What stands on the timeline now, and the proof that it was allowed."""

    activity_id: int | None
    call_id: int | None
    receipt_id: int | None
    channel: str
    address: str
    followed: list[str] = []
