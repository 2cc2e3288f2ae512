"""What the figures by mail take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from headhaul.analytics.choices import MailRhythm, MailWhose
from headhaul.kernel import Payload, Result


class GetAnalyticsMail(Payload):
    """One's own choice about the figures by mail."""


class SaveAnalyticsMail(Payload):
    """How often the figures come by mail, and whose; what one may not see is not in them."""

    rhythm: MailRhythm
    whose: MailWhose = MailWhose.ALL
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(default=None, description="The one that was read")


class AnalyticsMailChosen(Result):
    """The choice as it is. `canSend` is false where no mail server is set up."""

    rhythm: MailRhythm
    whose: MailWhose
    hour: int = Field(description="Of one's own day: that of the daily mail")
    timezone: str
    version: int
    can_send: bool
