"""What compliance asks of this room: the terms of mailboxes and numbers, and when somebody last wrote or called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headhaul.compliance.ports import SenderTerms
from headhaul.compliance.selectors.rows import fetch
from headhaul.outreach.choices import GatewayKind

_COLUMNS = (
    "s.id, s.daily_cap, s.warm_up_from, s.spacing_seconds, s.gateway, s.is_active,"
    " array(select jsonb_array_elements_text(s.health->'blocking')) as blocking"
)
_ONE = f"select {_COLUMNS} from outreach_sender s where s.id = %s"
_OF_USER = f"""
select {_COLUMNS} from outreach_sender s
where s.channel = %s and s.is_active and (s.user_id = %s or s.is_default) order by s.user_id is null, s.id
"""
_INBOUND = """
select max(received_at) as at from outreach_inboundmessage
where from_address = %s and channel = any(%s) and received_at <= %s and kind in ('reply', 'start', 'help', 'other')
"""


class Told:
    """This room, as compliance sees it."""

    def terms_of(self, sender_id: int) -> SenderTerms | None:
        """The terms of a sender."""
        found = fetch(_ONE, [sender_id])
        return _terms(found[0]) if found else None

    def terms_of_user(self, user_id: int | None, channel: str) -> Sequence[SenderTerms]:
        """The user's own senders of a channel, and the one for everybody."""
        return [_terms(row) for row in fetch(_OF_USER, [channel, user_id])]

    def last_inbound_at(self, address: str, channel: str, *, at: datetime) -> datetime | None:
        """When they last wrote or called; a text answers a call and the other way round."""
        heard = ["email"] if channel == "email" else ["sms", "call"]
        found: datetime | None = fetch(_INBOUND, [address, heard, at])[0]["at"]
        return found


def _terms(row: dict[str, Any]) -> SenderTerms:
    missing = [] if row["is_active"] else ["This mailbox or number is switched off."]
    missing += row["blocking"]
    return SenderTerms(
        sender_id=row["id"],
        daily_cap=row["daily_cap"],
        warm_up_from=row["warm_up_from"],
        spacing_seconds=row["spacing_seconds"],
        leaves=row["gateway"] != GatewayKind.SANDBOX,
        missing=tuple(missing),
    )
