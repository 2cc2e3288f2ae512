"""How many opportunities a stage has and what they add up to: from the tallies, or counted where filters say more."""

from __future__ import annotations

from dataclasses import dataclass

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor
from headhaul.pipeline.schemas.opportunities import Filters
from headhaul.pipeline.selectors.rows import needed_for

_KEPT = """
select stage_id, sum(n)::bigint as n, sum(amount_cents)::bigint as cents
from pipeline_tally where stage_id = any(%s) and {whose} group by stage_id
"""
_COUNTED = """
select o.stage_id, count(*) as n, coalesce(sum(o.amount_cents), 0)::bigint as cents
from {source} where o.stage_id = any(%s) and {where} group by o.stage_id
"""


@dataclass(frozen=True, slots=True)
class Total:
    """A stage's opportunities."""

    count: int = 0
    cents: int = 0


def totals(*, asked: Filters, stage_ids: list[int], narrowed: Conditions, by: Actor) -> dict[int, Total]:
    """Count and sum of each stage. What only says whose is read from the tallies."""
    whose = _whose(asked, by=by)
    if whose is None:
        sql = _COUNTED.format(source=needed_for(narrowed.where), where=narrowed.where)
        rows = fetch(sql, [stage_ids, *narrowed.parameters])
    else:
        rows = fetch(_KEPT.format(whose=whose[0]), [stage_ids, *whose[1]])
    return {row["stage_id"]: Total(row["n"], row["cents"]) for row in rows}


def _whose(asked: Filters, *, by: Actor) -> tuple[str, list[int | None]] | None:
    """The condition on the tallies that says the same as the filters, if there is one."""
    said = asked.model_dump(exclude_defaults=True, include=set(Filters.model_fields) - {"owner", "pipeline_id"})
    if said:
        return None
    if asked.owner == "me" and by.user_id is not None:
        return "owner_id = %s", [by.user_id]
    if not scope_of(by).is_all:
        return None
    if asked.owner is None:
        return "true", []
    if asked.owner == "team":
        return "owner_id = any(array(select id from security_user where team_id = %s))", [by.team_id]
    return "owner_id = %s", [0 if asked.owner == "none" else int(asked.owner)]
