"""Settings of this room."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from headhaul.preferences.sections import Section

Host = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=253)]


class Replies(Section):
    """What follows from what comes back."""

    key: ClassVar[str] = "replies"
    heading: ClassVar[str] = "Replies"

    wait_for_return: bool = Field(
        True, title="Wait for their return", description="An absence note holds their sequences until the day it names."
    )
    longest_absence_days: int = Field(
        60, ge=1, le=365, title="Longest absence", description="A day of return further away than this is not believed."
    )
    confirm_stop: bool = Field(
        True, title="Confirm an opt-out by text", description="One text within five minutes, without any advertising."
    )
    stop_text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)] = Field(
        "{firm}: You are unsubscribed and will get no more texts or calls from us.",
        title="Text after STOP",
        description="{firm} is the firm's name.",
    )
    help_text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)] = Field(
        "{firm}: Recruiting messages to carriers. Reply STOP to end. Msg & data rates may apply.",
        title="Text after HELP",
        description="{firm} is the firm's name.",
    )


class Tracking(Section):
    """Which links of our mails are counted, and how clicks are told from machines."""

    key: ClassVar[str] = "tracking"
    heading: ClassVar[str] = "Link tracking"

    track_clicks: bool = Field(True, title="Count clicks", description="Links of e-mails lead over this server.")
    track_opens: bool = Field(
        False, title="Count opens", description="By a picture. Apple and others fetch it unread: it proves nothing."
    )
    trap_link: bool = Field(True, title="Trap link", description="A link nobody sees; what opens it is a machine.")
    hosts: Annotated[list[Host], Field(max_length=200)] = Field(
        [],
        title="Hosts that links may lead to",
        description="With their sub-domains. Our own and the sender's count anyway; other links stay as they are.",
    )
    machine_seconds: int = Field(
        60, ge=0, le=3600, title="Too early to be a person", description="Seconds after delivery."
    )


class Reporting(Section):
    """How campaign reports count."""

    key: ClassVar[str] = "outreach_reports"
    heading: ClassVar[str] = "Campaign reports"

    enough: int = Field(
        30,
        ge=5,
        le=1_000,
        title="Enough to give a percentage",
        description="Below, the counts and the range are shown.",
    )
    credit_days: int = Field(
        60,
        ge=1,
        le=365,
        title="Days in which a touch gets credit",
        description="For a meeting or an opportunity, from the first message that was sent to the carrier.",
    )


Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Sequences(Section):
    """How sequences behave that say nothing else themselves. The law's hours hold in any case."""

    key: ClassVar[str] = "sequences"
    heading: ClassVar[str] = "Sequences"

    opens: Clock = Field("08:30", title="Not before", description="On the recipient's clock.")
    closes: Clock = Field("17:00", title="Not after", description="On the recipient's clock.")
    days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = Field(
        ["mon", "tue", "wed", "thu", "fri"], title="Days", description='As a list: ["mon", "tue"].'
    )
    skip_holidays: bool = Field(True, title="Not on federal holidays")
    call_patience_days: int = Field(
        3, ge=1, le=30, title="Wait for a call", description="Business days; then the sequence goes on without it."
    )
    stop_when_colleague_replies: bool = Field(
        True, title="End when a colleague replies", description="Anyone at the same company."
    )
    stop_when_stage_changes: bool = Field(True, title="End when the opportunity moves on")
    when_refused: Literal["skip", "stop"] = Field(
        "skip",
        title="When a rule forbids a step for good",
        description="skip: go on with the next step; stop: end the sequence for this person.",
    )

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Sequences:
        if self.opens >= self.closes:
            raise ValueError("opens has to be earlier than closes")
        return self
