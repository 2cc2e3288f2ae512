"""How many more messages may be planned for a user's channel now, so that an outbox is not filled for weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headhaul.accounts.selectors.pages import fetch
from headhaul.compliance.services import caps
from headhaul.outreach.choices import Channel

_WAITING = """
select count(*) as n from outreach_message
where channel = %s and user_id is not distinct from %s and state in ('queued', 'claimed', 'dispatching')
  and purpose = 'outreach' and due_at < %s
"""


@dataclass(slots=True)
class _Left:
    count: int
    resets_at: datetime
    limit: int


class Room:
    """Read once a run, counted down while messages are planned. The limits themselves are used up when one leaves."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._left: dict[tuple[int | None, Channel], _Left | None] = {}

    def is_full_until(self, user_id: int | None, channel: Channel) -> tuple[datetime, int] | None:
        """When there is room again, and the limit that is used up; None while there is room."""
        left = self._of(user_id, channel)
        return (left.resets_at, left.limit) if left is not None and left.count <= 0 else None

    def take(self, user_id: int | None, channel: Channel) -> None:
        """One was planned."""
        left = self._of(user_id, channel)
        if left is not None:
            left.count -= 1

    def _of(self, user_id: int | None, channel: Channel) -> _Left | None:
        key = (user_id, channel)
        if key not in self._left:
            standing = [
                (one.remaining, one.resets_at, one.limit)
                for one in caps.standing(user_id=user_id, channel=channel.value, at=self._at)
                if one.sender_id is None and one.remaining is not None and one.limit is not None
            ]
            least = min(standing, key=lambda one: one[0], default=None)
            if least is None:
                self._left[key] = None
            else:
                remaining, resets_at, limit = least
                waiting = fetch(_WAITING, [channel.value, user_id, resets_at])[0]["n"]
                self._left[key] = _Left(remaining - waiting, resets_at, limit)
        return self._left[key]
