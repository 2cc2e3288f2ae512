"""Deals as rows of one shape: as they are, or as they were known to be at a moment, rebuilt from their history.

Both give id, account_id, pipeline_id, owner_id, name, stage_id, kind, category, amount_cents, close_on, closed_at,
probability and ai, so that every report can be asked about any day. Of what was told until a moment and had come to be
so, the latest version holds: a later word about the past overrides an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.pipeline.selectors.periods import Span


@dataclass(frozen=True, slots=True)
class Rows:
    """A subquery with its parameters."""

    sql: str
    parameters: list[Any] = field(default_factory=list)


_NOW = """
select o.id, o.account_id, o.pipeline_id, o.owner_id, o.name, o.stage_id, o.kind, o.category, o.amount_cents,
       o.close_on, o.closed_at, s.probability, o.ai_close_probability::numeric as ai
from pipeline_opportunity o join pipeline_stage s on s.id = o.stage_id
where (o.kind = 'open' and o.close_on >= %s and o.close_on < %s)
   or (o.kind = 'won' and o.closed_at >= %s and o.closed_at < %s)
"""


def closing_in(span: Span) -> Rows:
    """Open deals whose close date lies in the span, and those that were won in it, as they are."""
    return Rows(_NOW, [span.starts_on, span.ends_on, span.since, span.until])


# A deal can only be in the span at any time if it once had a close date in it, or was closed in it.
_EVER = """
select opportunity_id from pipeline_opportunitychange
where field = 'close_on' and new #>> '{}' >= %s and new #>> '{}' < %s
union
select c.opportunity_id from pipeline_opportunitychange c
join pipeline_stage s on s.id::text = c.new #>> '{}' and s.kind <> 'open'
where c.field = 'stage' and c.valid_from >= %s and c.valid_from < %s
"""
_KEPT = "array['stage', 'amount', 'close_on', 'owner', 'category', 'name', 'removed']"
# Deals that went with their account left no word of it: they are in no report, at no time.
_THEN = f"""
select was.id, o.account_id, s.pipeline_id, was.owner_id, coalesce(o.name, was.name, '') as name, was.stage_id,
       coalesce(s.kind, 'open') as kind, coalesce(was.category, 'pipeline') as category, was.amount_cents,
       was.close_on, case when s.kind <> 'open' then was.stage_at end as closed_at,
       coalesce(s.probability, 0) as probability, null::numeric as ai, was.removed
from (
    select id, max(value) filter (where field = 'stage')::bigint as stage_id,
           max(valid_from) filter (where field = 'stage') as stage_at,
           max(value) filter (where field = 'owner')::bigint as owner_id,
           max(value) filter (where field = 'amount')::bigint as amount_cents,
           max(value) filter (where field = 'close_on')::date as close_on,
           max(value) filter (where field = 'category') as category,
           max(value) filter (where field = 'name') as name,
           coalesce(max(value) filter (where field = 'removed'), 'false') = 'true' as removed
    from (
        select distinct on (c.opportunity_id, c.field)
               c.opportunity_id as id, c.field, c.new #>> '{{}}' as value, c.valid_from
        from pipeline_opportunitychange c
        where c.field = any({_KEPT}) and c.valid_from <= %s and c.recorded_at <= %s and c.opportunity_id in ({_EVER})
        order by c.opportunity_id, c.field, c.version desc
    ) told group by id
) was
left join pipeline_opportunity o on o.id = was.id
left join pipeline_stage s on s.id = was.stage_id
where was.stage_id is not null and (o.id is not null or exists (
    select from pipeline_opportunitychange r
    where r.opportunity_id = was.id and r.field = 'removed' and r.new = 'true'::jsonb
))
"""


def known_at(moment: datetime, span: Span) -> Rows:
    """Every deal that was ever to close or closed in the span, as it was known to be at the moment; also `removed`."""
    return Rows(_THEN, [moment, moment, span.starts_on.isoformat(), span.ends_on.isoformat(), span.since, span.until])


_WITH_AI = """
select known.*, p.ai_close_probability::numeric as ai_then from ({rows}) known
left join lateral (
    select n.ai_close_probability from pipeline_opportunitysnapshot n
    where n.opportunity_id = known.id and n.taken_at <= %s and n.day >= %s::date - 7
    order by n.day desc limit 1
) p on true
"""
_LATELY = """
select id, account_id, pipeline_id, owner_id, name, stage_id, kind, category, amount_cents, close_on, closed_at,
       probability, {ai} as ai
from ({rows}) d
where not removed and ((kind = 'open' and close_on >= %s and close_on < %s)
   or (kind = 'won' and closed_at >= %s and closed_at < %s))
"""


def closing_in_as_known(moment: datetime, span: Span, *, with_ai: bool) -> Rows:
    """What `closing_in` would have said at the moment. AI's word is that of the last nightly snapshot before it."""
    found, ai = known_at(moment, span), "ai"
    if with_ai:
        found = Rows(_WITH_AI.format(rows=found.sql), [*found.parameters, moment, moment])
        ai = "ai_then"
    bounds = [span.starts_on, span.ends_on, span.since, span.until]
    return Rows(_LATELY.format(rows=found.sql, ai=ai), [*found.parameters, *bounds])
