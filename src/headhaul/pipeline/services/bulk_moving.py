"""Moving everything out of one stage into another, as when a stage is taken out of use: in one statement.

It keeps what the one writer keeps: version, history, what was before. Facts that the other stage asks for are not
asked for, since nobody could give them for hundreds at once, and the timeline of each account is left alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.kernel import Actor
from headhaul.pipeline.models import Stage

_MOVE = """
with held as (
    select id, version, stage_id, stage_entered_at, category, category_is_set from pipeline_opportunity
    where stage_id = %(from)s for update
), moved as (
    update pipeline_opportunity o set stage_id = %(to)s, stage_entered_at = %(at)s, updated_at = %(at)s,
        category = case when o.category_is_set then o.category else %(category)s end, version = o.version + 1
    from held where held.id = o.id returning o.id, o.version, o.category
), noted as (
    insert into pipeline_opportunitychange (
        opportunity_id, version, field, old, new, valid_from, recorded_at, changed_by_id, batch_id)
    select id, version, 'stage', to_jsonb(%(from)s::bigint), to_jsonb(%(to)s::bigint), %(at)s, %(at)s,
        %(by)s::bigint, %(batch)s
    from moved
    union all
    select m.id, m.version, 'category', to_jsonb(h.category), to_jsonb(m.category), %(at)s, %(at)s, %(by)s, %(batch)s
    from moved m join held h on h.id = m.id where h.category <> m.category
), kept as (
    insert into pipeline_opportunitybefore (opportunity_id, version, before, batch_id, at)
    select m.id, m.version, jsonb_build_object(
        'stage_id', h.stage_id, 'stage_entered_at', h.stage_entered_at, 'category', h.category), %(batch)s, %(at)s
    from moved m join held h on h.id = m.id
)
select count(*) from moved
"""


def move_all(*, come_from: Stage, go_to: Stage, at: datetime, by: Actor, batch_id: str) -> int:
    """How many went from one open stage to another of the same pipeline."""
    parameters: dict[str, Any] = {
        "from": come_from.pk,
        "to": go_to.pk,
        "category": go_to.category,
        "at": at,
        "by": by.user_id,
        "batch": batch_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, parameters)
        return int(cursor.fetchone()[0])
