"""Messages that a stop of sending covers are set aside in one statement, so that no worker takes each of them in turn.

When the stop is lifted they come back at once. Each is still decided on when it leaves. Time in which a stop kept them
does not make them stale.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from headhaul.outreach.services.outbox import GOES_STALE

BATCH = 5_000
_COVERED = """
select h.reason from compliance_sendinghold h
where h.lifted_at is null and (
    h.scope = 'channel' and h.key = m.channel
    or h.scope = 'sequence' and h.key = m.sequence_id::text
    or h.scope = 'call_campaign' and h.key = m.call_campaign_id::text
    or h.scope = 'sender' and h.key = m.sender_id::text)
order by h.since limit 1
"""
_PARK = f"""
with chosen as (
    select m.id, h.reason from outreach_message m cross join lateral ({_COVERED}) h
    where m.state = 'queued' and m.due_at <= %(at)s and m.purpose <> 'notice'
    order by m.due_at, m.id limit %(limit)s for update of m skip locked
)
update outreach_message m
set due_at = %(until)s, held_rule = 'parked', held_reason = 'Sending is held: ' || chosen.reason, updated_at = %(at)s
from chosen where m.id = chosen.id
"""
_RETURN = f"""
with chosen as (
    select m.id from outreach_message m
    where m.state = 'queued' and m.held_rule = 'parked' and not exists ({_COVERED})
    order by m.id limit %(limit)s for update of m skip locked
)
update outreach_message m set due_at = %(at)s, held_rule = '', held_reason = '', updated_at = %(at)s
from chosen where m.id = chosen.id
"""
# A call never rings late, and what answers by itself is no answer any more.
_KEEP = """
with chosen as (
    select m.id, h.ended from outreach_message m cross join lateral (
        select max(coalesce(h.lifted_at, %(at)s)) as ended from compliance_sendinghold h
        where h.since <= m.not_after and coalesce(h.lifted_at, %(at)s) > m.created_at and (
            h.scope = 'all'
            or h.scope = 'channel' and h.key = m.channel
            or h.scope = 'sequence' and h.key = m.sequence_id::text
            or h.scope = 'call_campaign' and h.key = m.call_campaign_id::text
            or h.scope = 'sender' and h.key = m.sender_id::text)
    ) h
    where m.state = 'queued' and m.due_at <= %(at)s and m.not_after <= %(at)s and m.channel <> 'call'
      and (m.purpose = 'outreach' or m.purpose = 'reply' and m.user_id is not null)
      and h.ended > %(since)s
    order by m.due_at, m.id limit %(limit)s for update of m skip locked
)
update outreach_message m set not_after = chosen.ended + make_interval(days => %(days)s), updated_at = %(at)s
from chosen where m.id = chosen.id
"""
_ANY = (
    "select exists (select from compliance_sendinghold where lifted_at is null and scope <> 'all'),"
    " exists (select from outreach_message where state = 'queued' and held_rule = 'parked')"
)


def park(*, at: datetime, wait: timedelta) -> int:
    """Set aside what is due and covered, and bring back what is not covered any more; how many were set aside."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY)
        has_holds, has_parked = cursor.fetchone()
        if has_parked:
            cursor.execute(_RETURN, {"at": at, "limit": BATCH})
        if not has_holds:
            return 0
        cursor.execute(_PARK, {"at": at, "until": at + wait, "limit": BATCH})
        return int(cursor.rowcount)


def keep(*, at: datetime) -> int:
    """Give what would have gone stale under a stop a week from the end of that stop; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"at": at, "since": at - GOES_STALE, "days": GOES_STALE.days, "limit": BATCH})
        return int(cursor.rowcount)
