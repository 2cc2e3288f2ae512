"""The rep's ranked list: live signals beside the accounts they belong to, without clients and misfits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from headhaul.accounts.choices import NOT_PROSPECTS, AccountSource
from headhaul.accounts.schemas.accounts import GetTopProspects, Owner, Prospect, TopProspects
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.reasons import reasons_of
from headhaul.accounts.visibility import scope_of
from headhaul.carriers.choices import Equipment, Level, equipment_codes, job_codes
from headhaul.carriers.selectors.bar import Bar
from headhaul.carriers.selectors.days import before
from headhaul.carriers.selectors.days import current as current_day
from headhaul.kernel import Actor

_TOP = """
select s.dot_number, s.name, s.state, s.segment, s.units, s.score_hundredths, s.n, s.near, s.active7,
       s.previous_score_hundredths, s.previous_n, s.confidence, s.urgency, s.is_spike, s.pool,
       s.by_equipment, s.by_job, s.equipment_mask, s.demand_mask, s.top_states, s.top_state_counts,
       c.phy_city as city, c.phone,
       a.id as account_id, a.status as account_status, a.source, a.created_at, a.owner_id,
       coalesce(nullif(u.name, ''), u.email) as owner_name
from carriers_signal s
join carriers_carrier c on c.dot_number = s.dot_number
left join accounts_account a on a.dot_number = s.dot_number
left join security_user u on u.id = a.owner_id
where {where}
order by s.score_hundredths desc, s.dot_number desc
limit %s
"""
_EQUIPMENT, _JOBS = equipment_codes(-1), job_codes(-1)


def top(*, asked: GetTopProspects, by: Actor, at: datetime) -> TopProspects:
    """The best worthy carriers of the current signals that are not clients yet."""
    current = current_day()
    if current is None:
        return TopProspects(day=None, computed_at=None, items=[])
    narrowed = _conditions(asked, day=current.day, by=by)
    rows = fetch(_TOP.format(where=narrowed.where), [*narrowed.parameters, asked.limit])
    if asked.range > 7:
        earlier = before(current.day, days=asked.range)
        _compare_with(rows, day=earlier.day if earlier else None)
    new_since = at - timedelta(days=asked.range)
    words = reasons_of(rows)
    return TopProspects(
        day=current.day,
        computed_at=current.computed_at,
        items=[_prospect(row, reasons=reasons, new_since=new_since) for row, reasons in zip(rows, words, strict=True)],
    )


def _conditions(asked: GetTopProspects, *, day: date, by: Actor) -> Conditions:
    narrowed = Conditions()
    narrowed.add("s.day = %s and s.gate_mask = 0 and s.n > 0", day)
    narrowed.add("(a.id is null or a.status <> all(%s))", [str(status) for status in NOT_PROSPECTS])
    if not (scope := scope_of(by)).is_all:  # a carrier that somebody else works is not this actor's to call
        seen, parameters = scope.condition("a")
        narrowed.add(f"(a.id is null or {seen})", *parameters)
    if smallest := Bar.current().fleet:
        narrowed.add("(a.id is not null or coalesce(s.units, 0) >= %s)", smallest)
    if asked.state:
        narrowed.add("s.state = %s", asked.state)
    if asked.segment:
        narrowed.add("s.segment = %s", str(asked.segment))
    if asked.equipment:
        narrowed.add("s.equipment_mask & %s <> 0", 1 << Equipment[asked.equipment.upper()])
    if asked.owner == "me":
        narrowed.add("a.owner_id = %s", by.user_id)
    elif asked.owner == "none":
        narrowed.add("a.owner_id is null")
    return narrowed


def _compare_with(rows: list[dict[str, Any]], *, day: date | None) -> None:
    """Put the scores of an earlier day in place of last week's."""
    found = fetch(
        "select dot_number, score_hundredths, n from carriers_signal where day = %s and dot_number = any(%s)",
        [day, [row["dot_number"] for row in rows]],
    )
    then = {row["dot_number"]: row for row in found}
    for row in rows:
        before = then.get(row["dot_number"], {})
        row["previous_score_hundredths"], row["previous_n"] = before.get("score_hundredths"), before.get("n")


def _most(counts: list[int], names: list[str]) -> list[str]:
    """The names with a count, largest first."""
    some = [(-count, position) for position, count in enumerate(counts) if count]
    return [names[position] for _, position in sorted(some)]


def _prospect(row: dict[str, Any], *, reasons: list[str], new_since: datetime) -> Prospect:
    previous = row["previous_score_hundredths"]
    created = row["created_at"]
    return Prospect(
        dot_number=row["dot_number"],
        name=row["name"],
        city=row["city"],
        state=row["state"],
        segment=row["segment"],
        fleet_size=row["units"],
        phone=row["phone"],
        score=row["score_hundredths"] / 100,
        previous_score=None if previous is None else previous / 100,
        driver_count=row["n"],
        previous_driver_count=row["previous_n"],
        active_this_week=row["active7"],
        nearby=row["near"],
        confidence=Level(row["confidence"]).code,
        urgency=Level(row["urgency"]).code,
        is_spike=row["is_spike"],
        is_new_this_week=row["source"] == AccountSource.AUTO_PROSPECTED and created > new_since,
        equipment=_most(row["by_equipment"], _EQUIPMENT),
        jobs=_most(row["by_job"], _JOBS),
        reasons=reasons,
        account_id=row["account_id"],
        account_status=row["account_status"],
        owner=Owner(id=row["owner_id"], name=row["owner_name"]) if row["owner_id"] else None,
    )
