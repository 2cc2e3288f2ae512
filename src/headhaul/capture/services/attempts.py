"""The clock of a lead: the first try of a person to reach them stops it; when nobody tries in time, managers hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import NotificationKind
from headhaul.activities.services import live, notifying
from headhaul.capture.services import managers
from headhaul.capture.services.following import TOPIC

AT_ONCE = 200

# A person's: logged by one, or a message of the outbox that somebody wrote; not what a sequence sends by itself.
_TRIES = """
select t.id, t.account_id, t.contact_id, t.happened_at from activities_activity t
left join outreach_message m on t.source = 'outbox' and m.id = (t.data ->> 'message')::uuid
where t.type in ('call', 'email', 'sms', 'meeting') and t.direction <> 'in'
  and (t.created_by_id is not null or (m.enrolment_id is null and m.user_id is not null))
"""
# Of the person, or of the company where either side names nobody.
_SAME = """
l.account_id = tries.account_id and l.captured_at <= tries.happened_at
and (l.contact_id is null or tries.contact_id is null or l.contact_id = tries.contact_id)
"""
_STOP = f"""
with tries as materialized ({_TRIES} and t.id = any(%(ids)s)), first as (
    select l.id, min(tries.happened_at) as at from capture_lead l join tries on {_SAME}
    where l.first_attempt_at is null and not l.is_spam and l.merged_into_id is null group by l.id
)
update capture_lead l set first_attempt_at = first.at, updated_at = greatest(l.updated_at, first.at),
    version = l.version + 1, status = case when l.status = 'new' then 'working' else l.status end
from first where l.id = first.id returning l.id, l.grade, l.owner_id
"""
_REVIEW = f"""
with tries as materialized ({_TRIES} and t.account_id = any(%(accounts)s)), first as (
    select l.id, (select min(tries.happened_at) from tries where {_SAME}) as at from capture_lead l
    where l.account_id = any(%(accounts)s) and not l.is_spam and l.merged_into_id is null
)
update capture_lead l set first_attempt_at = first.at, version = l.version + 1,
    status = case when first.at is null and l.status = 'working' then 'new'
                  when first.at is not null and l.status = 'new' then 'working' else l.status end
from first where l.id = first.id and l.first_attempt_at is distinct from first.at
returning l.id, l.grade, l.owner_id
"""
_CATCH_UP = f"""
select t.id from capture_lead l
join lateral ({_TRIES} and t.account_id = l.account_id and t.happened_at >= l.captured_at limit 50) t on true
where l.id = any(%(ids)s)
"""
_LATE = """
select l.id from capture_lead l
where l.due_at < %(at)s and l.first_attempt_at is null and l.escalated_at is null
  and l.status in ('new', 'qualified', 'working') and not l.is_spam and l.merged_into_id is null
order by l.due_at, l.id limit %(most)s for update skip locked
"""
_TELL = """
select l.id, l.account_id, l.score, l.grade, l.due_at, l.owner_id, u.team_id,
       coalesce(nullif(u.name, ''), u.email, 'nobody') as owner_name,
       coalesce(nullif(c.name, ''), a.name, l.as_given ->> 'company', 'a lead') as name
from capture_lead l left join security_user u on u.id = l.owner_id
left join accounts_account a on a.id = l.account_id left join accounts_contact c on c.id = l.contact_id
where l.id = any(%s) order by l.id
"""


def hear(activity_ids: Sequence[int]) -> int:
    """Activities were logged: stop the clock of the leads they are a try at. How many."""
    return _written(_STOP, {"ids": list(activity_ids)})


def review(account_ids: Sequence[int]) -> int:
    """Work out the first tries at accounts' leads anew, after something on their timelines went or moved. How many
    leads changed: a clock runs again where no try is left."""
    return _written(_REVIEW, {"accounts": list(account_ids)})


def _written(sql: str, given: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        changed = cursor.fetchall()
    for lead_id, grade, owner_id in changed:
        live.publish(TOPIC, {"lead": lead_id, "grade": grade, "owner": owner_id})
    return len(changed)


def escalate(*, at: datetime) -> int:
    """Tell managers once of every lead that nobody tried to reach in time. Several workers share the work."""
    total = 0
    while True:
        with transaction.atomic():
            late = [row["id"] for row in fetch(_LATE, {"at": at, "most": AT_ONCE})]
            if not late:
                return total
            hear([row["id"] for row in fetch(_CATCH_UP, {"ids": late})])  # what was logged with an earlier time
            total += _tell(late, at=at)


def _tell(ids: list[int], *, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "update capture_lead set escalated_at = %s where id = any(%s) and first_attempt_at is null returning id",
            [at, ids],
        )
        late = [key for (key,) in cursor.fetchall()]
    for row in fetch(_TELL, [late]):
        notifying.notify(
            user_ids=managers.of_team(row["team_id"]),
            kind=NotificationKind.LEAD,
            text=f"Nobody has tried to reach {row['name']} ({row['grade']}, {row['score']} of 100), {_whose(row)}.",
            at=at,
            account_id=row["account_id"],
            target=("lead", row["id"]),
            key=f"lead:{row['id']}:late",
        )
        live.publish(TOPIC, {"lead": row["id"], "grade": row["grade"], "owner": row["owner_id"]})
    return len(late)


def _whose(row: Mapping[str, Any]) -> str:
    return f"a lead of {row['owner_name']}" if row["owner_id"] else "a lead that nobody has"
