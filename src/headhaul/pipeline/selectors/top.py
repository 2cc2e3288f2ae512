"""The open opportunities that are worth today: much money, likely, and something is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor
from headhaul.pipeline.choices import Risk
from headhaul.pipeline.schemas.board import GetTopOpportunities, TopOpportunities, TopOpportunity
from headhaul.pipeline.schemas.opportunities import Filters, OpportunityRow
from headhaul.pipeline.selectors.rows import OWNERS, Reading, narrowed_by, needed_for

SOON = timedelta(days=14)

# Weighted money first; what closes within two weeks counts half as much again, what is due or late a quarter.
CLOSES_SOON, STEP_IS_DUE = Decimal("0.5"), Decimal("0.25")
MOST = 1 + CLOSES_SOON + STEP_IS_DUE  # by which both together lift it
FIRST_LOOK, WIDER = 200, 10  # so many of the largest are looked at first, and so many times more when that is too few

# Only the largest amounts are weighed, in the order of an index: what is smaller than all of them cannot come before
# the ones found, once the last of those is worth more than a smaller one could be at best.
_WEIGHED = """
with largest as (
    select o.id, o.stage_id, coalesce(o.amount_cents, 0) as amount, o.close_on, o.next_step_on
    from {source} where {where} and o.kind = 'open' order by coalesce(o.amount_cents, -1) desc, o.id desc limit %s
), weighed as (
    select largest.id, amount * s.probability as worth, amount * s.probability::numeric
        * (1 + case when close_on <= %s then %s else 0 end
             + case when next_step_on <= %s then %s else 0 end) as press
    from largest join pipeline_stage s on s.id = largest.stage_id
)
select id, press, (worth / 100)::bigint as weighted, (select count(*) from largest) as looked_at,
    (select min(amount) from largest) * (select max(probability) from pipeline_stage where kind = 'open') as at_best
from weighed order by press desc, id limit %s
"""
_ROWS = """
select {columns} from pipeline_opportunity o join accounts_account a on a.id = o.account_id {owners}
where o.id = any(%s) order by array_position(%s, o.id)
"""
_SAID = {
    Risk.STALLED_IN_STAGE: "longer in its stage than it should be",
    Risk.NO_NEXT_STEP: "no next step",
    Risk.NO_ACTIVITY: "nobody was in touch lately",
    Risk.GHOSTED: "they stopped answering",
    Risk.SUPPLY_DROPPED: "fewer drivers fit than at the start",
    Risk.CARRIER_RISK: "the carrier itself is a risk",
    Risk.PUSHED_TWICE: "its date was pushed more than once",
    Risk.NO_DECISION_MAKER: "it is not known who decides",
}


def top(*, asked: GetTopOpportunities, by: Actor, at: datetime) -> TopOpportunities:
    """The first few as this actor may see them."""
    reading = Reading.now(at)
    today = reading.calendar.today(at)
    narrowed = narrowed_by(Filters(owner=asked.owner, pipeline_id=asked.pipeline_id), reading=reading, by=by)
    best = {row["id"]: row["weighted"] for row in _best(narrowed, today=today, count=asked.limit)}
    ids = list(best)
    rows = fetch(_ROWS.format(columns=reading.columns, owners=OWNERS), [ids, ids]) if ids else []
    return TopOpportunities(items=[_item(row, best[row["id"]], reading) for row in rows], as_of=at)


def _best(narrowed: Conditions, *, today: date, count: int) -> list[dict[str, Any]]:
    """The most pressing, each weighed; exact, whatever part of all had to be looked at."""
    presses = [today + SOON, CLOSES_SOON, today, STEP_IS_DUE]
    sql = _WEIGHED.format(source=needed_for(narrowed.where), where=narrowed.where)
    look = max(FIRST_LOOK, 2 * count)
    while True:
        found = fetch(sql, [*narrowed.parameters, look, *presses, count])
        if not found or found[0]["looked_at"] < look:
            return found
        if len(found) == count and found[-1]["press"] > found[-1]["at_best"] * MOST:
            return found
        look *= WIDER


def _item(found: dict[str, Any], weighted: int, reading: Reading) -> TopOpportunity:
    row = reading.row(found)
    return TopOpportunity(opportunity=row, weighted_cents=weighted, reasons=_reasons(row, reading))


def _reasons(row: OpportunityRow, reading: Reading) -> list[str]:
    """Why today, most pressing first."""
    today = reading.calendar.today(reading.at)
    said = []
    if row.close_on is not None:
        days = (row.close_on - today).days
        if days < 0:
            said.append(f"was to close {-days} {'day' if days == -1 else 'days'} ago")
        elif days <= SOON.days:
            said.append("closes today" if days == 0 else f"closes in {days} {'day' if days == 1 else 'days'}")
    if row.next_step and row.next_step_on is not None and row.next_step_on <= today:
        said.append(f"due: {row.next_step}")
    said += [_SAID[risk] for risk in row.risks if risk in _SAID]
    return said or [f"{row.probability} % likely in {row.stage_label}"]
