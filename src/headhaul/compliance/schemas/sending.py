"""Limits, stops of sending, emergency bans."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from headhaul.compliance.choices import HoldScope
from headhaul.compliance.schemas.words import Id, Instant, Line, Said, SendChannel
from headhaul.kernel import Payload, Result, StateCode


class Throttle(Result):
    """One limit and what is left of it. `of`: firm, user, sender, or warm_up of a new mailbox.

    `limit` and `remaining` are null where there is no such limit, as for the firm unless one is set.
    """

    channel: str
    of: str
    sender_id: int | None = None
    limit: int | None
    used: int
    remaining: int | None
    resets_at: datetime


class GetThrottleStatus(Payload):
    """Of whom; of oneself when left out."""

    user_id: Id | None = None


class Hold(Result):
    """A stop of sending. `by` is empty where the system opened it."""

    id: int
    scope: HoldScope
    key: str
    reason: str
    since: datetime
    by: str
    lifted_at: datetime | None = None
    lifted_by: str = ""


class ThrottleStatus(Result):
    """What is left of every limit, live, and what is stopped. `remaining` of a channel is the least of its limits.

    It is null where none of them limits it.
    """

    user_id: int | None
    limits: list[Throttle]
    remaining: dict[str, int | None]
    holds: list[Hold]


class SetSendingHold(Payload):
    """What to stop: everything, or one channel, sequence, call campaign or sender by its key."""

    scope: HoldScope = HoldScope.ALL
    key: Line = Field("", description="The channel's word or the number; nothing for all.")
    reason: Said


class LiftSendingHold(Payload):
    """Which stop."""

    hold_id: Id


class HoldSet(Result):
    """The stop as it is now."""

    hold_id: int
    scope: HoldScope
    key: str
    is_open: bool


class SaveEmergencyBan(Payload):
    """A state's ban on solicitation during an emergency, with where it is published."""

    state: StateCode
    channels: Annotated[list[SendChannel], Field(min_length=1, max_length=4)]
    begins_at: Instant
    ends_at: Instant
    cite: Said


class EndEmergencyBan(Payload):
    """Which ban ended before its time."""

    ban_id: Id


class BanSaved(Result):
    """The number of the ban."""

    ban_id: int


class Ban(Result):
    """An emergency ban as it was entered."""

    id: int
    state: str
    channels: list[str]
    begins_at: datetime
    ends_at: datetime
    cite: str
    recorded_at: datetime
    ended_early_at: datetime | None
    by: str
