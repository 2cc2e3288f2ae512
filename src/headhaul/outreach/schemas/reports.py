"""What campaign reports take and give."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.kernel.days import Day
from headhaul.outreach.choices import Channel, Disposition, EnrolmentState, Fate, Grade

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]


class ReportScope(Payload):
    """Which messages: sent in these days of the firm's zone, or of people who were enrolled in them."""

    from_: Day = Field(default="-89d", alias="from")
    to: Day = "today"
    by: Literal["sent", "enrolled"] = Field(
        default="sent", description="sent: by the day a message left. enrolled: cohorts by the day of enrolment."
    )
    owner: Literal["me", "team", "all", "none"] | Id = Field(default="all", description="Of the rep; or a user's id")
    campaign: Text | None = Field(default=None, description='Its name; "" for what belongs to none')
    sequence_id: Id | None = None
    step_key: Text | None = None
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(default=None, description="Of the sequence")
    channel: Channel | None = None


class GetCampaignMetrics(ReportScope):
    """Which messages and calls, as one picture and by campaign."""


class GetChannelPerformance(ReportScope):
    """Which messages and calls, by channel."""


class GetRepPerformance(ReportScope):
    """Which messages and calls, by rep."""


class GetSequencePerformance(ReportScope):
    """Which messages, calls and enrolments, by sequence."""


class GetStepPerformance(ReportScope):
    """Which messages and calls of a sequence, by step."""

    sequence_id: Id


class Measure(StrEnum):
    """The numbers of a report that are counted in messages."""

    PLANNED = "planned"
    WAITING = "waiting"
    NOT_SENT = "not_sent"
    SENT = "sent"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    TRACKED = "tracked"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"
    OPENED = "opened"
    CLICKED_HUMAN = "clicked_human"
    CLICKED_UNKNOWN = "clicked_unknown"
    CLICKED_MACHINE = "clicked_machine"
    REPLIED = "replied"
    AUTO_REPLIED = "auto_replied"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class Stage(StrEnum):
    """The steps of the funnel, which are counted in carriers."""

    PLANNED = "planned"
    SENT = "sent"
    DELIVERED = "delivered"
    CLICKED = "clicked"
    REPLIED = "replied"
    MEETING = "meeting"
    OPPORTUNITY = "opportunity"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "planned": "Planned", "sent": "Sent to", "delivered": "Reached", "clicked": "Clicked, a person",
            "replied": "Replied", "meeting": "Meeting", "opportunity": "Opportunity",
        }[self.value]  # fmt: skip


class Rate(Result):
    """`part` of `n` with Wilson's 95 % interval. No percentage where there are too few to say one."""

    part: int
    n: int
    percent: float | None = Field(description="None while n is too small, see isEnough")
    low: float | None
    high: float | None
    is_enough: bool


class Counts(Result):
    """Messages. planned = waiting + notSent + sent; sent = delivered + bounced + failed + unknown.

    What somebody answered, clicked or complained about counts as delivered, whatever the provider said. A message with
    clicks of several kinds counts once, by the surest: a person before unknown before a machine.
    """

    planned: int
    waiting: int
    not_sent: int = Field(description="Cancelled, out of date, or failed before it left")
    sent: int
    delivered: int
    confirmed: int = Field(description="Of the delivered: the provider said so")
    tracked: int = Field(description="Of the delivered: e-mails with a link whose clicks are counted")
    bounced: int
    failed: int
    unknown: int
    opened: int = Field(description="Unverified: machines open e-mails too")
    clicked_human: int
    clicked_unknown: int
    clicked_machine: int
    replied: int
    auto_replied: int
    complained: int
    unsubscribed: int


class Rates(Result):
    """Bounces are a share of what was sent, clicks of what carried a tracked link, the others of what was delivered."""

    bounce: Rate
    click: Rate = Field(description="By people, as far as can be told")
    reply: Rate
    complaint: Rate
    unsubscribe: Rate


class FunnelStep(Result):
    """How many carriers got so far. Each step counts for itself: who replies need not have clicked."""

    stage: Stage
    label: str
    carriers: int
    of_sent: Rate | None = Field(description="Of the carriers that were sent something; from delivered on")


class Line(Result):
    """One line of a report. `key` is what narrows a report to it."""

    key: str
    label: str
    counts: Counts
    rates: Rates
    funnel: list[FunnelStep]
    median_reply_hours: float | None


class CallCounts(Result):
    """Calls that were made. conversations + gatekeeper + notReached + open = made."""

    made: int
    conversations: int = Field(description="Connected, call-back, not interested, meeting, do not call")
    gatekeeper: int
    not_reached: int = Field(description="Voicemail, no answer, busy, wrong number, failed")
    open: int = Field(description="No outcome was entered yet")
    meetings: int
    talk_minutes: int
    conversation: Rate = Field(description="Conversations of calls with an outcome")
    meeting: Rate = Field(description="Meetings of conversations")


class CampaignLine(Line):
    """A campaign: its messages, and the calls of its call campaigns."""

    calls: CallCounts


class Period(Result):
    """The days that were asked for, in the firm's zone."""

    from_: date = Field(alias="from")
    to: date
    timezone: str
    by: str
    as_of: datetime
    enough: int = Field(description="Percentages are given from this n on")
    credit_days: int


class Trend(Result):
    """What was sent in a day or week and what became of it until now."""

    starts_on: date
    ends_on: date
    sent: int
    delivered: int
    bounced: int
    clicked_human: int
    replied: int


class CampaignMetrics(Result):
    """The whole, and each campaign. A call campaign that names none is one of its own name."""

    period: Period
    total: Line
    calls: CallCounts
    trend: list[Trend]
    campaigns: list[CampaignLine]


class ChannelLine(Result):
    """A channel; calls are counted on their own."""

    channel: Channel
    label: str
    line: Line | None = None
    calls: CallCounts | None = None


class ChannelPerformance(Result):
    """Every channel."""

    period: Period
    channels: list[ChannelLine]


class RepLine(Result):
    """What somebody sent and called."""

    user_id: int | None
    name: str
    line: Line
    calls: CallCounts


class RepPerformance(Result):
    """Every rep."""

    period: Period
    reps: list[RepLine]


class SequenceLine(Result):
    """A sequence: its messages and calls, and where those stand who were enrolled in these days."""

    sequence_id: int
    name: str
    campaign: str
    state: str
    line: Line
    calls: CallCounts
    enrolled: int
    enrolments: dict[EnrolmentState, int]


class SequencePerformance(Result):
    """Every sequence."""

    period: Period
    sequences: list[SequenceLine]


class StepLine(Result):
    """A step. One that was taken out of the sequence since is told from its key alone."""

    step_key: str
    number: int | None
    title: str
    channel: str
    line: Line
    calls: CallCounts


class StepPerformance(Result):
    """The steps of a sequence, in their order."""

    period: Period
    sequence_id: int
    name: str
    steps: list[StepLine]


class GetReportMessages(Page, ReportScope):
    """The messages behind a number."""

    measure: Measure


class ReportMessage(Result):
    """One message of a report."""

    id: str
    at: datetime
    channel: Channel
    fate: Fate
    is_confirmed: bool
    click: Grade | None
    is_replied: bool
    contact_id: int | None
    contact: str
    account_id: int | None
    account: str
    subject: str
    user: str
    sequence_id: int | None
    sequence: str
    step_key: str
    campaign: str


class ReportMessages(Paged[ReportMessage]):
    """Newest first."""


class CallMeasure(StrEnum):
    """The numbers of a report that are counted in calls, named as in CallCounts."""

    MADE = "made"
    CONVERSATIONS = "conversations"
    GATEKEEPER = "gatekeeper"
    NOT_REACHED = "not_reached"
    OPEN = "open"
    MEETINGS = "meetings"


class GetReportCalls(Page, ReportScope):
    """The calls behind a number."""

    measure: CallMeasure = CallMeasure.MADE


class ReportCall(Result):
    """One call of a report. `disposition` is null without an outcome."""

    id: int
    at: datetime
    seconds: int | None
    disposition: Disposition | None
    contact_id: int | None
    contact: str
    account_id: int | None
    account: str
    user: str
    call_campaign: str
    notes: str


class ReportCalls(Paged[ReportCall]):
    """Newest first."""


class GetReportCarriers(Page, ReportScope):
    """The carriers behind a step of the funnel."""

    stage: Stage


class ReportCarrier(Result):
    """One carrier of a funnel."""

    account_id: int
    account: str
    state: str
    planned: int
    sent: int
    first_sent_at: datetime | None
    stages: list[Stage]


class ReportCarriers(Paged[ReportCarrier]):
    """By their number, the newest first."""
