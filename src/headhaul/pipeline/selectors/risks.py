"""What is at risk: open opportunities with their risks in words, and the totals of all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch, page
from headhaul.kernel import Actor
from headhaul.pipeline.choices import Risk
from headhaul.pipeline.schemas.board import AtRisk, GetRisks, RisksPage, RiskTotal
from headhaul.pipeline.schemas.opportunities import Filters
from headhaul.pipeline.selectors.explaining import explained
from headhaul.pipeline.selectors.opportunities import SORTS
from headhaul.pipeline.selectors.rows import OWNERS, SOURCE, Reading, narrowed_by

_TOTALS = """
with flagged as (
    select coalesce(o.amount_cents, 0) as cents, {flags} as risks from {source} where {where}
)
select null as risk, count(*) as n, coalesce(sum(cents), 0)::bigint as cents from flagged where risks <> '{{}}'
union all
select risk, count(*), coalesce(sum(cents), 0)::bigint from flagged, unnest(risks) as risk group by risk
"""


def at_risk(*, asked: GetRisks, by: Actor, at: datetime) -> RisksPage:
    """A page of what is at risk; the totals come with the first page, of all risks whichever is asked for."""
    reading = Reading.now(at)
    filters = Filters(owner=asked.owner, pipeline_id=asked.pipeline_id)
    narrowed = narrowed_by(filters, reading=reading, by=by)
    narrowed.add("o.kind = %s", "open")
    totals = [] if asked.cursor else _totals(narrowed, reading)
    narrowed.add(reading.flags.where(asked.risk))
    found = page(
        columns=reading.columns,
        source=f"{SOURCE} {OWNERS}",
        counted_in=SOURCE,
        conditions=narrowed,
        sort=SORTS["closing"],
        cursor=asked.cursor,
        limit=asked.limit,
    )
    words = explained([row["id"] for row in found.rows], reading=reading)
    everything = next((row for row in totals if row["risk"] is None), None)
    return RisksPage(
        items=[AtRisk(opportunity=reading.row(row), risks=words[row["id"]]) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        totals=_by_risk(totals),
        opportunities=everything["n"] if everything else None,
        amount_cents=everything["cents"] if everything else None,
    )


def _totals(narrowed: Conditions, reading: Reading) -> list[dict[str, Any]]:
    sql = _TOTALS.format(flags=reading.flags.array(), source=SOURCE, where=narrowed.where)
    return fetch(sql, narrowed.parameters)


def _by_risk(rows: list[dict[str, Any]]) -> list[RiskTotal]:
    order = {risk.value: number for number, risk in enumerate(Risk)}
    named = sorted((row for row in rows if row["risk"]), key=lambda row: order[row["risk"]])
    return [RiskTotal(risk=row["risk"], count=row["n"], amount_cents=row["cents"]) for row in named]
