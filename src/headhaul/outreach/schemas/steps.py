"""What a sequence is made of: its steps and options, as they are given, kept and shown.

A step keeps its `key` when its words change, so that what was done of it stays done.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from headhaul.kernel import Payload, Result
from headhaul.outreach.choices import ConditionTest, DelayUnit, StepKind
from headhaul.outreach.schemas.common import Clock, Id, Line, StepKey, Text, Weekday

END = "end"
Branch = StepKey | Literal["end"]
Value = (
    bool
    | Annotated[int, Field(ge=-(10**15), le=10**15)]
    | Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
    | Annotated[list[Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]], Field(max_length=50)]
    | None
)


class Delay(Payload):
    """How long after the step before. Business days are Monday to Friday without federal holidays."""

    amount: Annotated[int, Field(ge=0, le=365)] = 0
    unit: DelayUnit = DelayUnit.BUSINESS_DAYS


class Window(Payload):
    """The hours in which a touch may go, on the recipient's clock; it narrows what the law allows, never widens it."""

    opens: Clock
    closes: Clock


class GivenStep(Payload):
    """A step. Which fields belong to it depends on its kind; the others must be left out.

    email: subject, body or templateId, asReply. sms: body or templateId. call: body (what to say) or templateId,
    callCampaignId, patience. wait: only its delay. condition: test, and what it asks, then where it goes on: `then`
    when it holds, `otherwise` when not (a later step's key, `end`, or nothing for the next step). window and weekdays
    narrow when a touch may go. Texts hold variables, each with what stands there when it is not known:
    {contact.first_name|there}.
    """

    kind: StepKind
    key: StepKey | None = Field(None, description="Left out, one is made.")
    title: Line = ""
    delay: Delay = Delay()
    window: Window | None = None
    weekdays: Annotated[list[Weekday], Field(max_length=7)] | None = None
    subject: Line | None = None
    body: Text | None = None
    template_id: Id | None = Field(None, description="Its text is taken over when the sequence is saved.")
    as_reply: bool | None = Field(None, description="Into the thread of the e-mail before; it has that one's subject.")
    call_campaign_id: Id | None = Field(None, description="Whose queue the call goes to; left out, the sequence's own.")
    patience: Delay | None = Field(None, description="How long a call is waited for before the sequence goes on.")
    test: ConditionTest | None = None
    even_if_unreliable: bool | None = Field(
        None, description="Needed for `opened`: machines open e-mails, so that it tells little."
    )
    of_account: bool | None = Field(None, description="Of replied: anyone at the account counts.")
    step_key: StepKey | None = Field(None, description="Of clicked, opened: only in this step's message.")
    field: Line | None = Field(None, description="Of field: for example account.segment; see getSequenceWords.")
    op: (
        Literal["is", "is_not", "in", "not_in", "at_least", "at_most", "has", "has_not", "is_set", "is_empty"] | None
    ) = None
    value: Value = None
    then: Branch | None = None
    otherwise: Branch | None = None


class GivenOptions(Payload):
    """How the whole sequence behaves. What is left out is as the settings say."""

    window: Window | None = None
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None
    skip_holidays: bool | None = None
    sender_id: Id | None = Field(None, description="The mailbox all go from; left out, that of whoever enrols.")
    stop_when_colleague_replies: bool | None = None
    stop_when_stage_changes: bool | None = None
    when_refused: Literal["skip", "stop"] | None = Field(
        None, description="What to do when a rule says no for good: leave the step out, or end."
    )


class DelayView(Result):
    """How long after the step before."""

    amount: int = 0
    unit: DelayUnit = DelayUnit.BUSINESS_DAYS


class WindowView(Result):
    """Hours on the recipient's clock."""

    opens: str
    closes: str


class StepView(Result):
    """A step as it was saved."""

    key: str
    kind: StepKind
    title: str = ""
    delay: DelayView = DelayView()
    window: WindowView | None = None
    weekdays: list[str] | None = None
    subject: str | None = None
    body: str | None = None
    template_id: int | None = None
    as_reply: bool | None = None
    call_campaign_id: int | None = None
    patience: DelayView | None = None
    test: ConditionTest | None = None
    even_if_unreliable: bool | None = None
    of_account: bool | None = None
    step_key: str | None = None
    field: str | None = None
    op: str | None = None
    value: Any = None
    then: str | None = None
    otherwise: str | None = None
    says: str = Field("", description="The step in words.")


class OptionsView(Result):
    """How the sequence behaves, with what the settings say filled in."""

    window: WindowView
    weekdays: list[str]
    skip_holidays: bool
    sender_id: int | None
    stop_when_colleague_replies: bool
    stop_when_stage_changes: bool
    when_refused: str


def kept(given: Payload) -> dict[str, Any]:
    """As a version stores it: wire names, without what was left out."""
    return given.model_dump(mode="json", by_alias=True, exclude_none=True)
