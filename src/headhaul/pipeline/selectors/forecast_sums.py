"""A forecast's sums by owner: from those kept by month, or over the deals, as they are or as they were known.

Kept sums say whose deals they are of, not who may see them: they answer for whoever sees all deals meant. Won deals are
kept by the month of UTC, so that a period of the firm's zone takes the few hours at either end from the deals.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.pipeline.selectors.deals import Rows
from headhaul.pipeline.selectors.periods import PeriodSpan

_NAMED = """
select d.owner_id, coalesce(nullif(u.name, ''), u.email) as name, u.team_id, d.closed_cents, d.commit_cents,
       d.best_case_cents, d.pipeline_cents, d.omitted_cents, d.weighted_by_stage, d.weighted_by_ai, d.closed_deals,
       d.open_deals, d.deals_without_amount, d.deals_with_ai
from ({sums}) d left join security_user u on u.id = d.owner_id
"""
_COUNTED = """
    select owner_id,
        coalesce(sum(amount_cents) filter (where kind = 'won'), 0)::bigint as closed_cents,
        coalesce(sum(amount_cents) filter (where kind = 'open' and category = 'commit'), 0)::bigint as commit_cents,
        coalesce(sum(amount_cents) filter (where kind = 'open' and category = 'best_case'), 0)::bigint
            as best_case_cents,
        coalesce(sum(amount_cents) filter (
            where kind = 'open' and category not in ('commit', 'best_case', 'omitted')), 0)::bigint as pipeline_cents,
        coalesce(sum(amount_cents) filter (where kind = 'open' and category = 'omitted'), 0)::bigint as omitted_cents,
        coalesce(sum(amount_cents * probability) filter (
            where kind = 'open' and category <> 'omitted'), 0)::numeric / 100 as weighted_by_stage,
        coalesce(sum(amount_cents * coalesce(ai, probability)) filter (
            where kind = 'open' and category <> 'omitted'), 0)::numeric / 100 as weighted_by_ai,
        count(*) filter (where kind = 'won') as closed_deals,
        count(*) filter (where kind = 'open' and category <> 'omitted') as open_deals,
        count(*) filter (where amount_cents is null and category <> 'omitted') as deals_without_amount,
        count(*) filter (where kind = 'open' and category <> 'omitted' and ai is not null) as deals_with_ai
    from ({rows}) d where {where} group by owner_id
"""
_EDGE = """
        union all
        select 'won', o.stage_id, coalesce(o.owner_id, 0), o.category, {sign}::bigint,
               case when o.amount_cents is null then {sign}::bigint else 0 end,
               {sign} * coalesce(o.amount_cents, 0)::numeric, 0, 0, 0
        from pipeline_opportunity o where o.kind = 'won' and o.closed_at >= %s and o.closed_at < %s
"""
_KEPT = """
    select nullif(t.owner_id, 0) as owner_id,
        coalesce(sum(cents) filter (where t.kind = 'won'), 0)::bigint as closed_cents,
        coalesce(sum(cents) filter (where t.kind = 'open' and t.category = 'commit'), 0)::bigint as commit_cents,
        coalesce(sum(cents) filter (where t.kind = 'open' and t.category = 'best_case'), 0)::bigint as best_case_cents,
        coalesce(sum(cents) filter (
            where t.kind = 'open' and t.category not in ('commit', 'best_case', 'omitted')), 0)::bigint
            as pipeline_cents,
        coalesce(sum(cents) filter (where t.kind = 'open' and t.category = 'omitted'), 0)::bigint as omitted_cents,
        coalesce(sum(cents * s.probability) filter (
            where t.kind = 'open' and t.category <> 'omitted'), 0) / 100 as weighted_by_stage,
        coalesce(sum(weighted_by_ai + (cents - cents_with_ai) * s.probability) filter (
            where t.kind = 'open' and t.category <> 'omitted'), 0) / 100 as weighted_by_ai,
        coalesce(sum(n) filter (where t.kind = 'won'), 0)::bigint as closed_deals,
        coalesce(sum(n) filter (where t.kind = 'open' and t.category <> 'omitted'), 0)::bigint as open_deals,
        coalesce(sum(n_without_amount) filter (where t.category <> 'omitted'), 0)::bigint as deals_without_amount,
        coalesce(sum(n_with_ai) filter (where t.kind = 'open' and t.category <> 'omitted'), 0)::bigint as deals_with_ai
    from (
        select kind, stage_id, owner_id, category, sum(n) as n, sum(n_without_amount) as n_without_amount,
               sum(amount_cents) as cents, sum(n_with_ai) as n_with_ai, sum(amount_with_ai) as cents_with_ai,
               sum(weighted_by_ai) as weighted_by_ai
        from pipeline_closing where month >= %s and month < %s group by 1, 2, 3, 4
        {edges}
    ) t join pipeline_stage s on s.id = t.stage_id
    where {where} group by t.owner_id having sum(n) <> 0
"""
_OVERDUE = """
select coalesce(sum(t.n), 0)::bigint as n from pipeline_closing t join pipeline_stage s on s.id = t.stage_id
where t.month < %s and t.kind = 'open' and {where}
"""


def counted(rows: Rows, narrowed: Conditions) -> list[dict[str, Any]]:
    """Each owner's sums over deals; one row is nobody's."""
    sql = _NAMED.format(sums=_COUNTED.format(rows=rows.sql, where=narrowed.where))
    return fetch(sql, [*rows.parameters, *narrowed.parameters])


def kept(span: PeriodSpan, *, owners: list[int | None] | None, pipeline_id: int | None) -> list[dict[str, Any]]:
    """The same of the deals as they are, from what is kept."""
    whose, edges = _whose(owners, pipeline_id), _edges(span)
    sql = _KEPT.format(edges=edges.sql, where=whose.where)
    return fetch(_NAMED.format(sums=sql), [span.starts_on, span.ends_on, *edges.parameters, *whose.parameters])


def kept_overdue(span: PeriodSpan, *, owners: list[int | None] | None, pipeline_id: int | None) -> int:
    """How many open deals were to close before the period."""
    whose = _whose(owners, pipeline_id)
    return int(fetch(_OVERDUE.format(where=whose.where), [span.starts_on, *whose.parameters])[0]["n"])


def _whose(owners: list[int | None] | None, pipeline_id: int | None) -> Conditions:
    narrowed = Conditions()
    if owners is not None:
        narrowed.add("t.owner_id = any(%s)", [owner or 0 for owner in owners])
    if pipeline_id is not None:
        narrowed.add("s.pipeline_id = %s", pipeline_id)
    return narrowed


def _edges(span: PeriodSpan) -> Rows:
    """What was won between a month's beginning in the firm's zone and in UTC, to be added or taken off."""
    sql, parameters = "", []
    for ours, kept_from, ahead in ((span.since, span.starts_on, 1), (span.until, span.ends_on, -1)):
        theirs = _utc(kept_from)
        if ours != theirs:
            sql += _EDGE.format(sign=ahead if ours < theirs else -ahead)
            parameters += [min(ours, theirs), max(ours, theirs)]
    return Rows(sql, parameters)


def _utc(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
