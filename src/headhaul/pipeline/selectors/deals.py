"""Deals as rows of one shape: as they are, or as they were known to be at a moment, rebuilt from their history.

Both give id, account_id, pipeline_id, owner_id, name, stage_id, kind, category, amount_cents, close_on, closed_at,
probability and ai, so that every report can be asked about any day. Of what was told until a moment and had come to be
so, the latest version holds: a later word about the past overrides an earlier one. What was known when is kept in
`pipeline_known`, written by a trigger with each line of the history.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
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


# The name of a deal that is gone is the one it had; of others it is the present one.
_COLUMNS = """
    k.opportunity_id as id, o.account_id, s.pipeline_id, k.owner_id,
    coalesce(o.name, (
        select c.new #>> '{}' from pipeline_opportunitychange c
        where c.opportunity_id = k.opportunity_id and c.field = 'name' and c.valid_from <= %s and c.recorded_at <= %s
        order by c.version desc limit 1
    ), '') as name,
    k.stage_id, coalesce(s.kind, 'open') as kind, coalesce(k.category, 'pipeline') as category, k.amount_cents,
    k.close_on, case when s.kind <> 'open' then k.stage_at end as closed_at, coalesce(s.probability, 0) as probability
"""
# In play at either moment is what was then to close in the span, and what by the later one had been closed in it.
_IN_PLAY = """
select opportunity_id from pipeline_known
where known_from <= %s and known_until > %s and close_on >= %s and close_on < %s
union
select opportunity_id from pipeline_known
where known_from <= %s and known_until > %s and close_on >= %s and close_on < %s
union
select k.opportunity_id from pipeline_known k join pipeline_stage ended on ended.id = k.stage_id
where ended.kind <> 'open' and k.known_from <= %s and k.known_until > %s and k.stage_at >= %s and k.stage_at < %s
"""
_KNOWN = f"""
select {_COLUMNS}, k.removed
from pipeline_known k
left join pipeline_opportunity o on o.id = k.opportunity_id
left join pipeline_stage s on s.id = k.stage_id
where k.known_from <= %s and k.known_until > %s
"""


def in_play(span: Span, *, before: datetime, after: datetime) -> Rows:
    """The ids of deals that were in the span at one of two moments, or were closed in it by the later one."""
    closing = [span.starts_on, span.ends_on]
    return Rows(_IN_PLAY, [*[before] * 2, *closing, *[after] * 2, *closing, *[after] * 2, span.since, span.until])


def known_at(moment: datetime, ids: Rows) -> Rows:
    """These deals as they were known to be at the moment; also `removed`. Those not known yet are left out."""
    return Rows(f"{_KNOWN} and k.opportunity_id in ({ids.sql})", [*[moment] * 4, *ids.parameters])


_LATELY = f"""
select {_COLUMNS}, null::numeric as ai
from pipeline_known k
left join pipeline_opportunity o on o.id = k.opportunity_id
join pipeline_stage s on s.id = k.stage_id
where k.known_from <= %s and k.known_until > %s and not k.removed and s.kind = 'open'
  and k.close_on >= %s and k.close_on < %s
union all
select {_COLUMNS}, null::numeric as ai
from pipeline_known k
left join pipeline_opportunity o on o.id = k.opportunity_id
join pipeline_stage s on s.id = k.stage_id
where k.known_from <= %s and k.known_until > %s and not k.removed and s.kind = 'won'
  and k.stage_at >= %s and k.stage_at < %s
"""
_WITH_AI = """
select known.id, known.account_id, known.pipeline_id, known.owner_id, known.name, known.stage_id, known.kind,
       known.category, known.amount_cents, known.close_on, known.closed_at, known.probability,
       p.ai_close_probability::numeric as ai
from ({rows}) known
left join lateral (
    select n.ai_close_probability from pipeline_opportunitysnapshot n
    where n.opportunity_id = known.id and n.taken_at <= %s and n.day >= %s::date - 7
    order by n.day desc limit 1
) p on true
"""
_AI_SPOKE = """
select exists (
    select from pipeline_opportunitysnapshot
    where ai_close_probability is not null and day between %s::date - 7 and %s::date + 1 and taken_at <= %s
) as spoke
"""


def closing_in_as_known(moment: datetime, span: Span) -> Rows:
    """What `closing_in` would have said at the moment. AI's word is that of the last nightly snapshot before it."""
    known = [moment] * 4
    found = Rows(_LATELY, [*known, span.starts_on, span.ends_on, *known, span.since, span.until])
    if not fetch(_AI_SPOKE, [moment] * 3)[0]["spoke"]:
        return found
    return Rows(_WITH_AI.format(rows=found.sql), [*found.parameters, moment, moment])
