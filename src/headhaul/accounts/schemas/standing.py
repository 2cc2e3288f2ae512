"""Whether a contact may be reached now, on each channel."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from headhaul.accounts.choices import Channel
from headhaul.accounts.schemas.words import Id
from headhaul.compliance.choices import Outcome
from headhaul.kernel import Payload, Result


class GetContactStanding(Payload):
    """Of which contact."""

    contact_id: Id


class StandingReason(Result):
    """One rule that speaks against it now."""

    rule: str
    sentence: str
    until: datetime | None
    cite: str


class ChannelStanding(Result):
    """How it stands with one channel: whether, why not, and from when on. `no_address`: there is none that works."""

    channel: Channel
    address: str
    standing: Outcome | Literal["no_address"]
    reasons: list[StandingReason]
    next_allowed_at: datetime | None
    zones: list[str]
    states: list[str]


class ContactStanding(Result):
    """A contact on all channels, judged at this moment for whoever asks."""

    contact_id: int
    account_id: int
    name: str
    at: datetime
    channels: list[ChannelStanding]
