"""How a deal moved between two moments, in SQL: both states side by side, and the steps from one to the other.

A deal is in scope when it is open, to close in the window, and of the owners and pipeline meant. One that leaves
does so with the amount it had at the start, a won one with what it was won at: the difference is an increase or
decrease. One that came and was closed in between has both steps. What came and went otherwise shows in neither state
and is no movement.
"""

from __future__ import annotations

from typing import Any

from headhaul.pipeline.selectors.deals import Rows, in_play, known_at
from headhaul.pipeline.selectors.movement_question import MovementQuestion
from headhaul.pipeline.selectors.scopes import owner_condition

_OURS = "({owner} and (%s::bigint is null or {alias}.pipeline_id = %s))"
_PAIRS = """
played as materialized ({in_play}), pairs as (
    select f.id, f.account_id, coalesce(f.owner_id, s.owner_id) as owner_id, f.name,
        s.id is not null as was_known, coalesce(s.removed, false) as was_removed, f.removed as is_gone,
        s.kind as was_kind, f.kind as is_kind, s.close_on as close_before, f.close_on as close_after,
        s.amount_cents as amount_before, f.amount_cents as amount_after,
        s.owner_id as owner_before, f.owner_id as owner_after, s.stage_id as stage_before, f.stage_id as stage_after,
        f.closed_at, coalesce({was_ours}, false) as was_ours, coalesce({is_ours}, false) as is_ours
    from ({finish}) f left join ({start}) s on s.id = f.id
), placed as (
    select p.*, coalesce(amount_before, 0) as a0, coalesce(amount_after, 0) as a1,
        was_known and not was_removed and was_ours and was_kind = 'open'
            and coalesce(close_before >= %s and close_before < %s, false) as was_in,
        not is_gone and is_ours and is_kind = 'open'
            and coalesce(close_after >= %s and close_after < %s, false) as is_in,
        not is_gone and is_ours and is_kind <> 'open' and closed_at >= %s and closed_at < %s
            and (not was_known or was_removed or was_kind is distinct from is_kind) as closed_here
    from pairs p
), moved as (
    select d.*, not was_in and (is_in or closed_here) as came, (was_in or closed_here) and not is_in as went,
        case
            when not was_known then 'new'
            when was_removed then 'restored'
            when was_kind <> 'open' then 'reopened'
            when not was_ours then 'owner_in'
            when close_before < %s then 'pushed_in'
            else 'pulled_in'
        end as how_in,
        case
            when is_gone then 'removed'
            when not is_ours then 'owner_out'
            when is_kind <> 'open' then is_kind
            when close_after < %s then 'moved_earlier'
            else 'slipped'
        end as how_out
    from placed d where (was_in or is_in or closed_here) and {seen}
), steps as (
    select m.*, step.bucket, step.amount, step.count
    from moved m cross join lateral (values
        (case when came then how_in end, a1, 1),
        (case when was_in and (is_in or how_out = 'won') and a1 <> a0 then
            case when a1 > a0 then 'increased' else 'decreased' end end, a1 - a0, 0),
        (case when went then how_out end, case when how_out = 'won' or not was_in then -a1 else -a0 end, -1)
    ) step (bucket, amount, count)
    where step.bucket is not null
)
"""


def moves(question: MovementQuestion) -> Rows:
    """The common table expressions `moved` (a row for each deal in play) and `steps` (a row for each of its steps)."""
    played = in_play(question.window, before=question.before, after=question.after)
    ids = Rows("select opportunity_id from played")
    finish, start = known_at(question.after, ids), known_at(question.before, ids)
    was_ours, now_ours = (_ours(question, alias) for alias in ("s", "f"))
    seen = question.seen
    window = [question.window.starts_on, question.window.ends_on]
    sql = _PAIRS.format(
        in_play=played.sql,
        finish=finish.sql,
        start=start.sql,
        was_ours=was_ours.sql,
        is_ours=now_ours.sql,
        seen=seen.where,
    )
    parameters: list[Any] = [
        *played.parameters,
        *was_ours.parameters,
        *now_ours.parameters,
        *finish.parameters,
        *start.parameters,
    ]
    parameters += [*window, *window, question.window.since, question.window.until, window[0], window[0]]
    return Rows(sql, parameters + seen.parameters)


def _ours(question: MovementQuestion, alias: str) -> Rows:
    clause, parameters = owner_condition(question.owners, f"{alias}.owner_id")
    pipeline = question.pipeline_id
    clause = f"coalesce({clause}, false)"  # it is a value there, and nobody's deal is not hers
    return Rows(_OURS.format(owner=clause, alias=alias), [*parameters, pipeline, pipeline])
