"""The deals behind a number of the forecast, a page at a time."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.selectors.pages import Sort, page
from headhaul.kernel import Actor
from headhaul.pipeline.schemas.forecast import ForecastDeal, ForecastDeals, GetForecastDeals
from headhaul.pipeline.selectors.forecast import DIVERGES, question

_COLUMNS = """
    d.id, d.account_id, d.name, d.owner_id, d.stage_id, d.kind, d.category, d.amount_cents,
    d.close_on::text as close_on, d.closed_at, d.probability as stage_probability, d.ai::float8 as ai_probability,
    coalesce(d.amount_cents, -1) as size
"""
_LARGEST = Sort("largest", ("coalesce(d.amount_cents, -1)", "d.id"), (int, int), lambda row: [row["size"], row["id"]])
_BUCKETS = {
    "closed": "d.kind = 'won'",
    "open": "d.kind = 'open' and d.category <> 'omitted'",
    "commit": "d.kind = 'open' and d.category = 'commit'",
    "best_case": "d.kind = 'open' and d.category = 'best_case'",
    "pipeline": "d.kind = 'open' and d.category not in ('commit', 'best_case', 'omitted')",
    "omitted": "d.kind = 'open' and d.category = 'omitted'",
    "no_amount": "d.amount_cents is null and d.category <> 'omitted'",
    "diverging": f"d.kind = 'open' and d.category <> 'omitted' and abs(d.ai - d.probability) > {DIVERGES}",
}


def deals(*, asked: GetForecastDeals, by: Actor, at: datetime) -> ForecastDeals:
    """The deals of a bucket, or of all of them, largest first; those without an amount come last."""
    worked_out = question(asked=asked, by=by, at=at)
    narrowed = worked_out.narrowed
    if asked.bucket != "all":
        narrowed.add(_BUCKETS[asked.bucket])
    narrowed.parameters[:0] = worked_out.rows.parameters  # the subquery stands before the conditions
    source = f"({worked_out.rows.sql}) d"
    found = page(
        columns=_COLUMNS,
        source=source,
        counted_in=source,
        conditions=narrowed,
        sort=_LARGEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return ForecastDeals(
        items=[ForecastDeal(**row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )
