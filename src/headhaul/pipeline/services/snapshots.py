"""The open opportunities of a day, written down once: what can be learnt later rests on these rows.

A row says only what was recorded by the moment it is taken. Doing it again for the same day changes nothing. A day is
written down in its evening, or later while no evening has come since: a start that was missed, or one by hand at noon,
speaks of the day before, and leaves today's row to this evening.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from django.db import connection

from headhaul.activities.choices import TOUCHES
from headhaul.pipeline.risks import ANSWERS
from headhaul.pipeline.selectors.flags import INVOLVED
from headhaul.pipeline.selectors.rows import Reading

TOUCH_DAYS = timedelta(days=30)
EVENING = 18  # o'clock, where the firm is

_TAKE = """
with calendar as (
    select * from unnest(%(days)s::date[], %(worked)s::int[]) as c(day, passed)
), touched as (
    select account_id, count(*) as touches,
        count(*) filter (where direction = 'in' or outcome = any(%(answers)s)) as replies
    from activities_activity
    where happened_at > %(since)s and happened_at <= %(at)s and created_at <= %(at)s and type = any(%(touches)s)
    group by account_id
)
insert into pipeline_opportunitysnapshot (
    day, opportunity_id, account_id, pipeline_id, stage_id, stage_key, owner_id, team_id, amount_cents, close_on,
    category, probability, ai_close_probability, days_in_stage, days_open, touches_30, replies_30, days_since_touch,
    contacts, has_decision_maker, has_next_step, next_step_on, pushes, score_hundredths, driver_count, risks, taken_at)
select %(day)s, o.id, o.account_id, o.pipeline_id, o.stage_id, s.key, o.owner_id, u.team_id, o.amount_cents, o.close_on,
    o.category, s.probability, o.ai_close_probability,
    greatest(0, %(passed)s - coalesce(entered.passed, 0)),
    greatest(0, %(day)s - (o.opened_at at time zone %(zone)s)::date),
    coalesce(t.touches, 0), coalesce(t.replies, 0),
    greatest(0, %(day)s - (p.last_touch_at at time zone %(zone)s)::date),
    {involved}, o.decision_maker_id is not null, o.next_step <> '', o.next_step_on, o.pushes,
    x.score_hundredths, x.driver_count, {risks}, %(at)s
from pipeline_opportunity o
join pipeline_stage s on s.id = o.stage_id
left join security_user u on u.id = o.owner_id
left join calendar entered on entered.day = (o.stage_entered_at at time zone %(zone)s)::date
left join touched t on t.account_id = o.account_id
left join accounts_accountpulse p on p.account_id = o.account_id
left join accounts_accountscore x on x.account_id = o.account_id
where o.kind = 'open' and o.created_at <= %(at)s and (o.created_at at time zone %(zone)s)::date <= %(day)s
on conflict (day, opportunity_id) do nothing
"""
_FIRST = "select min(stage_entered_at) from pipeline_opportunity where kind = 'open'"


def take(*, at: datetime) -> int:
    """Write down every open opportunity for the firm's latest evening, and return how many were not written yet."""
    reading = Reading.now(at)
    day = evening_of(at, reading.calendar.zone)
    with connection.cursor() as cursor:
        cursor.execute(_FIRST)
        first = cursor.fetchone()[0]
        if first is None:
            return 0
        days, worked = _passed(reading, reading.calendar.today(first), day)
        cursor.execute(
            _TAKE.format(involved=INVOLVED, risks=reading.flags.array()),
            {
                "day": day,
                "at": at,
                "since": at - TOUCH_DAYS,
                "zone": str(reading.calendar.zone),
                "days": days,
                "worked": worked,
                "passed": worked[-1] if worked else 0,
                "touches": [str(kind) for kind in TOUCHES],
                "answers": [str(outcome) for outcome in ANSWERS],
            },
        )
        return int(cursor.rowcount)


def evening_of(at: datetime, zone: tzinfo) -> date:
    """The firm's date whose evening came last."""
    local = at.astimezone(zone)
    return local.date() if local.hour >= EVENING else local.date() - timedelta(days=1)


def _passed(reading: Reading, first: date, last: date) -> tuple[list[date], list[int]]:
    """Every date since the first, with how many working days had passed by it."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    total, worked = 0, []
    for day in days:
        total += reading.calendar.is_worked(day)
        worked.append(total)
    return days, worked
