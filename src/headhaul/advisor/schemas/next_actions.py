"""What the actions of this room take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from headhaul.accounts.choices import Channel
from headhaul.advisor.choices import ActionOutcome, Reason
from headhaul.kernel import Payload, Result
from headhaul.kernel.days import ZoneName

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[a-zA-Z0-9_:-]+$")]


class GetNextActions(Payload):
    """Whose queue, and how much of it. Days of tasks are the reader's: of `timezone`, or of their profile's zone."""

    owner: Literal["me"] | Id = Field(default="me", description="me, or a user's id")
    limit: int = Field(default=15, ge=1, le=50)
    timezone: ZoneName = ""


class Why(Result):
    """A reason, as a code and in words."""

    code: Reason
    text: str


class AboutAccount(Result):
    """The account to work on."""

    id: int
    name: str
    dot_number: int | None
    city: str
    state: str
    score: float | None
    driver_count: int | None
    last_touch_at: datetime | None


class AboutContact(Result):
    """The person to reach."""

    id: int
    name: str
    title: str
    is_decision_maker: bool


class NextAction(Result):
    """One line of the queue. `priority` is 0 to 100; `isOpenNow` says whether it is 8 to 21 o'clock there.

    `refusal` says why no channel is allowed; `wait` why the one that is named may not be used yet, and `possibleAt`
    when it may, None when somebody has to act first.
    """

    key: str
    kind: Reason
    rank: int
    priority: int
    title: str
    reasons: list[Why]
    account: AboutAccount
    contact: AboutContact | None
    channel: Channel | None
    address: str
    refusal: str
    wait: str
    possible_at: datetime | None
    zone: str
    local_time: str
    is_open_now: bool | None
    opportunity_id: int | None
    task_id: int | None
    amount_cents: int | None
    due_at: datetime | None
    due_on: date | None


class NextActionsLoaded(Result):
    """The queue, the most pressing first; `of` is how many lines there are in all."""

    items: list[NextAction]
    of: int
    owner_id: int | None
    is_own: bool


class ActionRef(Payload):
    """A line of one's own queue, by its key; `timezone` is the one the queue was loaded with."""

    key: Key
    timezone: ZoneName = ""


class SnoozeAction(ActionRef):
    """Until when the account stays off the queue."""

    until: AwareDatetime


class RecordActionTaken(ActionRef):
    """The line that was acted on, and the activity that came of it."""

    activity_id: Id | None = None


class RecordActionOutcome(ActionRef):
    """What came of it."""

    outcome: ActionOutcome


class RestoreAction(ActionRef):
    """What stood before; what is left out did not."""

    snoozed_until: AwareDatetime | None = None
    skipped_at: AwareDatetime | None = None
    taken_at: AwareDatetime | None = None
    activity_id: Id | None = None
    outcome: ActionOutcome | None = None
    outcome_at: AwareDatetime | None = None


class ActionState(Result):
    """What was said about a line, with where it stood in the queue then."""

    key: str
    kind: str
    account_id: int | None
    rank: int | None
    of: int | None
    snoozed_until: datetime | None
    skipped_at: datetime | None
    taken_at: datetime | None
    outcome: str
