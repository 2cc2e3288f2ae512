"""A mailbox that bounces or is complained about stops by itself, before providers stop it for good."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from headhaul.compliance.choices import HoldScope
from headhaul.compliance.services import holds
from headhaul.kernel import SYSTEM

BOUNCES, OF_BOUNCES = 5, 100
COMPLAINTS, OF_COMPLAINTS = 2, 500
# Since the mailbox was last let go on: what happened before was looked at by whoever did that.
_BAD = """
with last as (
    select m.id from outreach_message m
    where m.sender_id = %(sender)s and m.sent_at is not null and m.sent_at > coalesce((
        select max(h.lifted_at) from compliance_sendinghold h
        where h.scope = 'sender' and h.key = %(sender)s::text), '-infinity')
    order by m.sent_at desc limit %(of)s
)
select count(distinct e.message_id) from outreach_messageevent e join last on last.id = e.message_id
where e.kind = %(kind)s
"""


def pause_if_bad(*, sender_id: int | None, at: datetime) -> bool:
    """Hold a mailbox or number with five hard bounces in its last hundred messages, or two complaints in 500."""
    if sender_id is None:
        return False
    bounces = _count(sender_id, "hard_bounce", OF_BOUNCES)
    complaints = _count(sender_id, "complaint", OF_COMPLAINTS)
    if bounces < BOUNCES and complaints < COMPLAINTS:
        return False
    said = f"{complaints} complaints in its last {OF_COMPLAINTS} messages"
    if bounces >= BOUNCES:
        said = f"{bounces} hard bounces in its last {OF_BOUNCES} messages"
    reason = f"{said}: clean the list, then let it go on."
    holds.open_hold(scope=HoldScope.SENDER, key=str(sender_id), reason=reason, at=at, by=SYSTEM)
    return True


def _count(sender_id: int, kind: str, of: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_BAD, {"sender": sender_id, "kind": kind, "of": of})
        return int(cursor.fetchone()[0])
