"""What the model says of open deals, beside what their stage says."""

from __future__ import annotations

from typing import Any, Literal

from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.kernel import Actor
from headhaul.pipeline.schemas.accuracy import GetPredictions, Prediction, Predictions
from headhaul.pipeline.selectors.forecast import DIVERGES
from headhaul.pipeline.selectors.scopes import owner_condition, owners_of, seen

_APART = "coalesce(round(abs(d.ai_close_probability - s.probability)::numeric * 100)::int, -1)"
_COLUMNS = f"""
    d.id, d.account_id, d.name, d.owner_id, s.key as stage, d.amount_cents, d.close_on,
    s.probability as stage_probability, d.ai_close_probability as ai_probability,
    d.ai_close_probability - s.probability as difference, d.ai_predicted_at as predicted_at, {_APART} as apart
"""
_FROM = "pipeline_opportunity d join pipeline_stage s on s.id = d.stage_id"
_MOST = Sort("apart", (_APART, "d.id"), (int, int), lambda row: [row["apart"], row["id"]])
_COUNTS = """
select count(*) filter (where d.kind = 'open') as open, count(*) filter (where d.kind = 'won') as won,
       count(*) filter (where d.kind = 'lost') as lost,
       count(*) filter (where d.kind = 'open' and d.ai_close_probability is not null) as predicted
from pipeline_opportunity d where {where}
"""


def predictions(*, asked: GetPredictions, by: Actor) -> Predictions:
    """A page of open deals, those on which model and stage differ most first, those without a prediction last."""
    narrowed = Conditions()
    clause, parameters = owner_condition(owners_of(asked, by=by), "d.owner_id")
    narrowed.add(clause, *parameters)
    if asked.pipeline_id is not None:
        narrowed.add("d.pipeline_id = %s", asked.pipeline_id)
    seen(narrowed, by=by)
    [counted] = fetch(_COUNTS.format(where=narrowed.where), narrowed.parameters)
    narrowed.add("d.kind = 'open'")
    if asked.only_diverging:
        narrowed.add("abs(d.ai_close_probability - s.probability) > %s", DIVERGES)
    found = page(
        columns=_COLUMNS,
        source=_FROM,
        counted_in=_FROM,
        conditions=narrowed,
        sort=_MOST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return Predictions(
        items=[Prediction(**_rounded(row)) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        state=_state(counted),
        predicted_deals=counted["predicted"],
        open_deals=counted["open"],
        won_deals=counted["won"],
        lost_deals=counted["lost"],
        needed=_needed(counted),
    )


def _state(counted: dict[str, Any]) -> Literal["all", "some", "none"]:
    if not counted["predicted"]:
        return "none"
    return "all" if counted["predicted"] == counted["open"] else "some"


def _needed(counted: dict[str, Any]) -> str:
    """What has to happen before a model speaks; "" when it has spoken of every open deal."""
    if counted["predicted"] == counted["open"] and counted["open"]:
        return ""
    if not counted["open"]:
        return "There are no open deals to speak of."
    if counted["predicted"]:
        waiting = counted["open"] - counted["predicted"]
        return f"{waiting:,} open deals have no prediction yet. The stage's probability stands in for them."
    return (
        "No model has spoken of these deals yet. It learns from deals that were won and lost: so far"
        f" {counted['won']:,} were won and {counted['lost']:,} lost. Until it speaks, the stage's probability counts."
    )


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    names = ("ai_probability", "difference")
    return row | {name: None if row[name] is None else round(row[name], 2) for name in names}
