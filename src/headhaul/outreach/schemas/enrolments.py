"""What the actions on who is in a sequence take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from headhaul.accounts.schemas.lists import Filters
from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.kernel.days import Day
from headhaul.outreach.choices import EnrolmentState, SkipReason
from headhaul.outreach.schemas.common import Id, Line, Reason

Ids = Annotated[list[Id], Field(min_length=1, max_length=10_000)]
BatchId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]


class EnrollContacts(Payload):
    """Whom to enrol: contacts or accounts by id, those of a saved view, or all that filters of a list find.

    Of an account it is the one who decides and can be reached, or with `whom: all` everybody. `again` starts a second
    round for those who have been through. `dryRun` says what would happen and changes nothing.
    """

    sequence_id: Id
    contact_ids: Ids | None = None
    account_ids: Ids | None = None
    view_id: Id | None = Field(None, description="A saved view of contacts or accounts")
    contact_filters: Filters | None = Field(None, description="Those of listContacts")
    account_filters: Filters | None = Field(None, description="Those of listAccounts")
    whom: Literal["best", "all"] = "best"
    expected_count: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        None, description="Refused when as many do not match any more"
    )
    again: bool = False
    dry_run: bool = False
    start_at: AwareDatetime | None = Field(None, description="Not before; left out, as soon as the rules allow")
    owner_id: Id | None = Field(None, description="In whose name; left out, the account's owner, else whoever enrols")


class EnrolmentResult(Result):
    """What became of one contact."""

    contact_id: int | None
    account_id: int | None = None
    name: str = ""
    is_enrolled: bool
    reason: SkipReason | None = None
    sentence: str = ""
    enrolment_id: int | None = None
    next_at: datetime | None = None


class Enrolled(Result):
    """What came of it. `results` holds the first thousand; the counts are of all."""

    sequence_id: int
    number: int
    batch_id: str
    is_dry_run: bool
    matched: int
    enrolled: int
    skipped: int
    skipped_by: dict[SkipReason, int]
    results: list[EnrolmentResult]
    first_at: datetime | None = Field(None, description="When the first step of the first of them is due")
    warnings: list[str] = []


class ChosenEnrolments(Payload):
    """Enrolments: by id, of a contact or an account (also of one sequence), or all that one enrolling made."""

    enrolment_ids: Ids | None = None
    contact_id: Id | None = None
    account_id: Id | None = None
    sequence_id: Id | None = None
    batch_id: BatchId | None = None
    reason: Reason = ""


class PauseEnrollment(ChosenEnrolments):
    """Hold them where they are. What waits in the outbox for them is taken back."""


class ResumeEnrollment(ChosenEnrolments):
    """Let them go on where they were held or stopped."""


class StopEnrollment(ChosenEnrolments):
    """End them. What waits in the outbox for them is taken back; what has left stays sent."""


class EnrolmentsChanged(Result):
    """How many changed, how many were so already or cannot be, and how many queued messages were taken back."""

    changed: int
    unchanged: int
    cancelled: int = 0
    enrolment_ids: list[int]
    undo_note: str = ""


class GetEnrollments(Page):
    """Who is in sequences, newest first."""

    sequence_id: Id | None = None
    state: EnrolmentState | None = None
    is_live: bool | None = None
    contact_id: Id | None = None
    account_id: Id | None = None
    owner_id: Id | None = None
    step_key: Line = ""
    batch_id: BatchId | None = None
    enrolment_id: Id | None = None
    enrolled_from: Annotated[Day | None, Field(description="That day of the firm's zone or later.")] = None
    enrolled_to: Annotated[Day | None, Field(description="That day or earlier.")] = None
    owner: Literal["me", "team", "all", "none"] | Id = Field("all", description="As in reports")
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(None, description="Of the sequence")
    q: Line = Field("", description="Part of the contact's or the account's name")


class EnrolmentMove(Result):
    """One move of an enrolment."""

    at: datetime
    from_state: str
    to_state: str
    step_key: str
    reason: str
    by: str


class EnrolmentRow(Result):
    """Somebody in a sequence: where they stand, what comes next and when, and what holds it."""

    id: int
    sequence_id: int
    sequence_name: str
    number: int
    contact_id: int
    contact_name: str
    account_id: int
    account_name: str
    owner_id: int | None
    owner_name: str
    state: EnrolmentState
    step_key: str
    step_title: str
    step_kind: str
    step_number: int | None
    step_count: int
    next_at: datetime | None
    timezone: str
    held_rule: str
    held_reason: str
    ended_reason: str
    round: int
    source: str
    batch_id: str
    sent: int
    enrolled_at: datetime
    ended_at: datetime | None
    moves: list[EnrolmentMove] = Field([], description="Every move, when one enrolment is asked for")


class EnrolmentsPage(Paged[EnrolmentRow]):
    """Who is in sequences, newest first."""
