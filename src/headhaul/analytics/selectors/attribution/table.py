"""Deals won in some days by source, medium, campaign, channel or event: all models side by side, in one query."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.analytics.attribution.weights import ONE, Model
from headhaul.analytics.schemas.attribution import (
    Attribution,
    AttributionLine,
    Credit,
    GetAttribution,
    ModelSaid,
    TouchScope,
)
from headhaul.analytics.selectors.attribution.naming import labels
from headhaul.analytics.selectors.attribution.sql import SUMS, Terms, shared
from headhaul.analytics.selectors.money import range_of, span_of, whose
from headhaul.kernel import Actor

UNATTRIBUTED = "Unattributed"
_LINES = f"""
, of_deal as (
    select key, id, count(*) as touches, count(*) filter (where is_automatic) as automatic, {SUMS}
    from shared group by key, id
)
select key, false as is_whole, count(*) as deals, sum(touches)::bigint as touches, sum(automatic)::bigint as automatic,
    {SUMS}, 0 as with_amount, 0::bigint as cents
from of_deal group by key
union all
select null, true, count(*), 0, 0, {", ".join("0" for _ in range(2 * len(Model)))},
    count(*) filter (where has_amount), coalesce(sum(cents), 0)::bigint from won
"""
MODELS = [ModelSaid(key=model, label=model.label, meaning=model.meaning) for model in Model]


def won(asked: TouchScope, *, by: Actor, at: datetime) -> Conditions:
    """Conditions on the deals that a report shares out."""
    span, narrowed = span_of(asked, at=at), whose(asked, by=by)
    narrowed.add("o.kind = 'won' and o.closed_at >= %s and o.closed_at < %s", span.since, span.until)
    return narrowed


def attribution(*, asked: GetAttribution, by: Actor, at: datetime) -> Attribution:
    """The table. What no touch explains is a line of its own, so that the lines always sum to the whole."""
    deals, terms = won(asked, by=by, at=at), Terms.of(asked)
    sql, parameters = shared(deals, by=asked.by, terms=terms)
    rows = fetch(sql + _LINES, parameters)
    [whole] = [row for row in rows if row["is_whole"]]
    lines = [row for row in rows if not row["is_whole"]]
    explained, explained_cents = (sum(row[f"{name}_{Model.LAST}"] for row in lines) for name in ("deals", "cents"))
    left, left_cents = whole["deals"] - explained // ONE, whole["cents"] - explained_cents
    named = labels(asked.by, (row["key"] for row in lines))
    shown = [_line(row, label=named[row["key"]], whole=whole) for row in sorted(lines, key=_largest)]
    if left:
        shown.append(_unexplained(left, left_cents, whole=whole))
    return Attribution(
        range=range_of(span_of(asked, at=at), at=at),
        by=asked.by,
        look_back_days=terms.look_back.days,
        half_life_days=terms.half_life.days,
        leave_out=list(terms.leave_out),
        models=MODELS,
        deals=whole["deals"],
        deals_with_amount=whole["with_amount"],
        amount_cents=whole["cents"],
        unattributed_deals=left,
        unattributed_cents=left_cents,
        touches=sum(row["touches"] for row in lines),
        automatic_touches=sum(row["automatic"] for row in lines),
        lines=shown,
    )


def credits_of(row: dict[str, Any], *, deals: int, cents: int) -> list[Credit]:
    """What every model gives, with its share of the whole."""
    return [
        credit(model, int(row[f"deals_{model}"]), int(row[f"cents_{model}"]), deals=deals, cents=cents)
        for model in Model
    ]


def credit(model: Model, millionths: int, amount: int, *, deals: int, cents: int) -> Credit:
    """A model's part of so many deals and cents."""
    return Credit(
        model=model,
        deals_millionths=millionths,
        amount_cents=amount,
        deals_share=round(100 * millionths / (deals * ONE), 2) if deals else None,
        amount_share=round(100 * amount / cents, 2) if cents else None,
    )


def _line(row: dict[str, Any], *, label: str, whole: dict[str, Any]) -> AttributionLine:
    return AttributionLine(
        key=row["key"],
        label=label,
        is_unattributed=False,
        deals=row["deals"],
        touches=row["touches"],
        automatic_touches=row["automatic"],
        credits=credits_of(row, deals=whole["deals"], cents=whole["cents"]),
    )


def _unexplained(deals: int, cents: int, *, whole: dict[str, Any]) -> AttributionLine:
    given = {f"deals_{model}": deals * ONE for model in Model} | {f"cents_{model}": cents for model in Model}
    return AttributionLine(
        key="",
        label=UNATTRIBUTED,
        is_unattributed=True,
        deals=deals,
        touches=0,
        automatic_touches=0,
        credits=credits_of(given, deals=whole["deals"], cents=whole["cents"]),
    )


def _largest(row: dict[str, Any]) -> tuple[int, int, str]:
    return -row[f"cents_{Model.LINEAR}"], -row[f"deals_{Model.LINEAR}"], row["key"]
