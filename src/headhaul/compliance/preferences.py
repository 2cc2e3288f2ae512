"""Settings of this room: the firm's own rules. The law's rows are data of their own and cannot be set here."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from headhaul import preferences
from headhaul.preferences.sections import Section

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Line = Annotated[str, StringConstraints(max_length=300)]


class QuietHours(Section):
    """When nobody is called or texted, on the recipient's own clock. Where they may be in several zones, all count."""

    key: ClassVar[str] = "quiet_hours"
    heading: ClassVar[str] = "Quiet hours"

    begin_hour: int = Field(21, ge=18, le=23, title="From", description="The hour at which the quiet hours begin.")
    end_hour: int = Field(8, ge=6, le=12, title="Until", description="The hour at which they end.")
    for_email: bool = Field(True, title="E-mail too", description="Hold e-mail overnight where the zone is known.")


class PlatformWindow(Section):
    """Hours in UTC on top of the recipient's own, the same for everybody: nothing leaves from 21:00 to 08:00 UTC."""

    key: ClassVar[str] = "platform_window"
    heading: ClassVar[str] = "Window in UTC"

    is_on: bool = Field(False, title="Keep to it", description="Off: only the recipient's own hours count.")


class EmailHours(Section):
    """Hours for outreach by e-mail where the recipient's zone is known. No law asks for them; see quiet hours."""

    key: ClassVar[str] = "email_hours"
    heading: ClassVar[str] = "Hours for e-mail"

    opens_hour: int = Field(8, ge=0, le=12, title="From", description="Hour, on the recipient's clock.")
    closes_hour: int = Field(18, ge=13, le=24, title="Until", description="Hour, on the recipient's clock.")


_OF_THE_FIRM = "All senders together. Left empty there is no such limit; 0: none may leave."


class Caps(Section):
    """How much may leave in a day of UTC in the name of each user; and, only if it is set, of the whole firm."""

    key: ClassVar[str] = "caps"
    heading: ClassVar[str] = "Limits of sending"

    firm_email: int | None = Field(None, ge=0, le=1_000_000, title="E-mails of the firm", description=_OF_THE_FIRM)
    firm_sms: int | None = Field(None, ge=0, le=1_000_000, title="Texts of the firm", description=_OF_THE_FIRM)
    firm_call: int | None = Field(None, ge=0, le=1_000_000, title="Calls of the firm", description=_OF_THE_FIRM)
    user_email: int = Field(200, ge=0, le=1_000_000, title="E-mails of each user")
    user_sms: int = Field(100, ge=0, le=1_000_000, title="Texts of each user")
    user_call: int = Field(50, ge=0, le=1_000_000, title="Calls of each user")
    recipient_email: int = Field(
        1, ge=1, le=20, title="E-mails to one address", description="Unasked, on the recipient's own calendar day."
    )
    recipient_sms: int = Field(1, ge=1, le=20, title="Texts to one number")
    recipient_call: int = Field(
        3, ge=1, le=20, title="Calls to one number", description="States allow three at most in 24 hours."
    )
    warm_up_start: int = Field(20, ge=1, le=1_000, title="First day of a new mailbox", description="E-mails.")
    warm_up_growth_percent: int = Field(15, ge=1, le=100, title="More each day", description="Percent.")
    warm_up_end: int = Field(200, ge=1, le=100_000, title="End of the warm-up", description="E-mails a day.")


class Conversation(Section):
    """When a message counts as an answer: then consent by opt-in and the limit a recipient are not asked for."""

    key: ClassVar[str] = "conversation"
    heading: ClassVar[str] = "Answers"

    reply_days: int = Field(
        30, ge=0, le=90, title="Days to answer", description="Since the recipient last wrote or called."
    )


class Firm(Section):
    """Who speaks: the law wants name and postal address in every e-mail. Without them no outreach e-mail leaves."""

    key: ClassVar[str] = "firm"
    heading: ClassVar[str] = "Your firm"

    name: Line = Field("", title="Name", description="As recipients know it.")
    postal_address: Line = Field("", title="Postal address", description="Street or P.O. box, city, state, ZIP.")


class Channels(Section):
    """What has to be in order before a channel may be used."""

    key: ClassVar[str] = "channels"
    heading: ClassVar[str] = "Channels"

    brand_id: Line = Field("", title="10DLC brand", description="The registration that carriers ask of texts.")
    campaign_id: Line = Field("", title="10DLC campaign")
    opt_in_url: Line = Field("", title="Opt-in page", description="Where people agree to be texted.")
    allow_ai_calls: bool = Field(
        False, title="Calls by an artificial voice", description="Only to those whose written consent names it."
    )
    require_scrub: bool = Field(
        False, title="Always check the do-not-call list", description="Where no rule of a state asks for it too."
    )


class Countries(Section):
    """Countries from which everybody is kept away. On what grounds people abroad are written to, the rules say."""

    key: ClassVar[str] = "countries"
    heading: ClassVar[str] = "Countries"

    closed: list[Code] = Field(
        default_factory=list, max_length=250, title="Nobody is contacted there", description="Codes such as DE."
    )


def firm_rules() -> dict[str, Any]:
    """Those that a decision reads, as plain JSON: its receipt keeps them, so that it can be replayed."""
    hours, firm, channels = preferences.get(QuietHours), preferences.get(Firm), preferences.get(Channels)
    mail = preferences.get(EmailHours)
    return {
        "begin_hour": hours.begin_hour,
        "end_hour": hours.end_hour,
        "for_email": hours.for_email,
        "email_from_hour": mail.opens_hour,
        "email_until_hour": mail.closes_hour,
        "platform_quiet": "utc" if preferences.get(PlatformWindow).is_on else "off",
        "reply_days": preferences.get(Conversation).reply_days,
        "require_scrub": channels.require_scrub,
        "allow_ai_calls": channels.allow_ai_calls,
        "firm_name": firm.name,
        "postal_address": firm.postal_address,
    }
