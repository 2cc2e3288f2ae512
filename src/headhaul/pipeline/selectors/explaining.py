"""What the rules of risk look at, read for some opportunities at once, and the risks in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import TOUCHES
from headhaul.pipeline.preferences import RiskLimits
from headhaul.pipeline.risks import Known, Touch, found
from headhaul.pipeline.schemas.opportunities import FoundRisk
from headhaul.pipeline.selectors.flags import INVOLVED, gated
from headhaul.pipeline.selectors.rows import Reading
from headhaul.pipeline.working_days import ONE, start_of
from headhaul.preferences.services import values

_KNOWN = f"""
select o.id, o.account_id, %s::date as current_day, o.stage_id, o.kind, o.opened_at, o.stage_entered_at, o.close_on,
    o.next_step, o.next_step_on, o.pushes, o.decision_maker_id is not null as has_decision_maker,
    coalesce((select c.has_left from accounts_contact c where c.id = o.decision_maker_id), false) as has_left,
    {INVOLVED} as involved, p.last_touch_at, o.signal_day, o.signal_drivers,
    x.driver_count as drivers_now, l.text as alert_text, l.created_at as alert_at,
    {{gated}} as is_gated,
    (select max(h.valid_from) from pipeline_opportunitychange h
     where h.opportunity_id = o.id and h.field = 'next_step') as next_step_since,
    (select max(h.valid_from) from pipeline_opportunitychange h
     where h.opportunity_id = o.id and h.field = 'close_on') as pushed_at
from pipeline_opportunity o
left join accounts_accountpulse p on p.account_id = o.account_id
left join accounts_accountscore x on x.account_id = o.account_id
left join lateral (
    select l.text, l.created_at from activities_alert l
    where l.account_id = o.account_id and l.kind = 'carrier_risk' and l.dismissed_at is null
    order by l.created_at desc limit 1
) l on true
where o.id = any(%s)
"""
_TOUCHES = """
select account_id, happened_at, direction, outcome from activities_activity
where account_id = any(%s) and type = any(%s) and happened_at >= %s and happened_at < %s
"""


def explained(ids: Iterable[int], *, reading: Reading) -> dict[int, list[FoundRisk]]:
    """The risks of these opportunities in words; none for what has ended."""
    limits = values.get(RiskLimits)
    return {
        key: [
            FoundRisk(risk=each.risk, says=each.says, since=each.since, clears=each.clears)
            for each in found(known, limits=limits, calendar=reading.calendar, at=reading.at)
        ]
        for key, known in known_of(ids, reading=reading, limits=limits).items()
    }


def known_of(ids: Iterable[int], *, reading: Reading, limits: RiskLimits) -> dict[int, Known]:
    """What is known about these opportunities, as far as they are open."""
    sql = _KNOWN.format(gated=gated(reading.signal_day))
    rows = [row for row in fetch(sql, [reading.signal_day, list(ids)]) if row["kind"] == "open"]
    touches: dict[int, list[Touch]] = defaultdict(list)
    today, zone = reading.calendar.today(reading.at), reading.calendar.zone
    since, until = start_of(today - timedelta(days=limits.ghosted_window), zone), start_of(today + ONE, zone)
    accounts = [row["account_id"] for row in rows]
    for row in fetch(_TOUCHES, [accounts, [str(kind) for kind in TOUCHES], since, until]) if rows else ():
        touches[row["account_id"]].append(Touch(row["happened_at"], row["direction"], row["outcome"]))
    return {row["id"]: _known(row, touches[row["account_id"]], reading) for row in rows}


def _known(row: dict[str, Any], touches: list[Touch], reading: Reading) -> Known:
    stage = reading.book.stage(row["stage_id"])
    kept = (
        "opened_at", "stage_entered_at", "close_on", "next_step", "next_step_on", "pushes", "has_decision_maker",
        "involved", "last_touch_at", "signal_day", "signal_drivers", "current_day", "drivers_now", "alert_at",
        "is_gated", "next_step_since", "pushed_at",
    )  # fmt: skip
    return Known(
        **{name: row[name] for name in kept},
        decision_maker_left=row["has_left"],
        alert_text=row["alert_text"] or "",
        stage_label=stage.label,
        stage_probability=stage.probability,
        sla_days=stage.sla_days,
        touches=touches,
    )
