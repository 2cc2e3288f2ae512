"""What the actions on sequences take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.outreach.choices import SequenceState, StepKind
from headhaul.outreach.schemas.common import Id, Line, Name, StepKey, Version
from headhaul.outreach.schemas.steps import GivenOptions, GivenStep, OptionsView, StepView

Steps = Annotated[list[GivenStep], Field(min_length=1, max_length=60)]


class SaveSequence(Payload):
    """A new sequence, or with `sequenceId` and the `version` that was read, changes of one: what is left out stays.

    Steps and options are kept as a new version; whoever is half way stays in the one they were enrolled in, unless
    `moveEnrolments` says otherwise.
    """

    sequence_id: Id | None = None
    version: Version | None = None
    name: Name | None = Field(None, examples=["Reefer carriers, first touch"])
    campaign: Line | None = Field(None, description="What reports group it under.")
    owner_id: Id | None = None
    steps: Steps | None = None
    options: GivenOptions | None = None
    move_enrolments: bool = Field(False, description="Whoever is in it goes on in the new version.")


class SetSequenceState(Payload):
    """The sequence and its new state. Pausing holds everybody where they are, archiving asks that nobody is in it."""

    sequence_id: Id
    state: SequenceState
    version: Version | None = None


class SequenceId(Payload):
    """A sequence; `number` asks for an earlier version of what it says."""

    sequence_id: Id
    number: Version | None = None


class RemoveSequence(Payload):
    """A sequence nobody was ever enrolled in."""

    sequence_id: Id
    version: Version | None = None


class ListSequences(Page):
    """Sequences, newest first; without `state` those that are not archived."""

    state: SequenceState | None = None
    campaign: Line | None = None
    owner_id: Id | None = None
    q: Line = ""


class Counts(Result):
    """How many people are where. `live` are active, waiting, held and paused together."""

    live: int = 0
    active: int = 0
    waiting: int = 0
    held: int = 0
    paused: int = 0
    replied: int = 0
    meeting: int = 0
    bounced: int = 0
    opted_out: int = 0
    finished: int = 0
    stopped: int = 0
    total: int = 0


class SequenceRow(Result):
    """A sequence in a list."""

    id: int
    version: int
    number: int = Field(description="The number of the version new people are enrolled in")
    name: str
    campaign: str
    state: SequenceState
    owner_id: int | None
    owner_name: str
    channels: list[StepKind]
    step_count: int
    days: int = Field(description="About how many days it runs")
    counts: Counts
    last_enrolled_at: datetime | None
    updated_at: datetime


class SequencesPage(Paged[SequenceRow]):
    """Sequences, newest first."""


class StepCounts(Result):
    """Of one step: who stands before it, and what became of its messages."""

    key: str
    here: int = Field(0, description="Stand before it now")
    sent: int = 0
    queued: int = 0
    failed: int = 0
    skipped: int = 0


class VersionRow(Result):
    """A version of a sequence, and how many are still in it."""

    number: int
    saved_at: datetime
    saved_by: str
    live: int


class SequenceDetail(Result):
    """A sequence with what one of its versions says."""

    id: int
    version: int
    number: int
    current: int
    name: str
    campaign: str
    state: SequenceState
    owner_id: int | None
    owner_name: str
    steps: list[StepView]
    options: OptionsView
    own_options: dict[str, object] = Field(description="Only what this sequence says itself")
    counts: Counts
    step_counts: list[StepCounts]
    versions: list[VersionRow]
    warnings: list[str]
    may_change: bool
    created_at: datetime
    updated_at: datetime


class SequenceSaved(Result):
    """The sequence as it is now, whether there is a new version, and who was moved into it."""

    sequence: SequenceDetail
    is_new_version: bool
    moved: int = 0
    not_moved: int = Field(0, description="Whose next step is not in the new version: they stay in theirs")
    warnings: list[str] = []


class SequenceRemoved(Result):
    """The sequence that is gone."""

    id: int
    name: str


class MoveEnrolments(Payload):
    """Let people who are in an older version go on in another one, at the step of the same key."""

    sequence_id: Id
    to_number: Version | None = Field(None, description="Left out, the current one")
    enrolment_ids: Annotated[list[Id], Field(min_length=1, max_length=10_000)] | None = None


class EnrolmentsMoved(Result):
    """How many go on in the version, and how many could not."""

    sequence_id: int
    number: int
    moved: int
    not_moved: int


class Word(Result):
    """A variable of texts, or a fact of conditions."""

    name: str
    label: str
    example: str = ""
    kind: str = "text"
    choices: dict[str, str] = {}
    ops: list[str] = []


class SequenceWords(Result):
    """What texts and conditions can be made of, here and now."""

    variables: list[Word]
    facts: list[Word]
    stages: dict[str, str]


class PreviewStep(Payload):
    """A step of a saved sequence, or one that is being written, as a contact would get it from the one who asks."""

    sequence_id: Id | None = None
    number: Version | None = None
    step_key: StepKey | None = None
    step: GivenStep | None = None
    contact_id: Id
    thread_subject: Line = Field("", description="For a reply that is being written: the subject of its thread")


class PreviewReason(Result):
    """A rule that speaks against it."""

    rule: str
    sentence: str
    outcome: Literal["allow", "defer", "deny"]
    until: datetime | None = None
    cite: str = ""


class StepPreview(Result):
    """What would be sent, to where, whether it may be now, and when otherwise."""

    kind: StepKind
    contact_id: int
    contact_name: str
    address: str
    sender: str
    subject: str
    body: str
    encoding: str = ""
    units: int = 0
    segments: int = 0
    outcome: Literal["allow", "defer", "deny", "none"]
    next_allowed_at: datetime | None = None
    reasons: list[PreviewReason] = []
    fallbacks: list[str] = Field([], description="Variables that are not known of this contact")
    warnings: list[str] = []


class SendTestStep(PreviewStep):
    """The same, sent to whoever asks, marked as a test."""


class TestSent(Result):
    """Where the test goes to."""

    __test__ = False

    message_id: str
    address: str
    subject: str
