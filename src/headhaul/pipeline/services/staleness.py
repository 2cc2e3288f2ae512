"""Who came second hears what the first did: the newer state, who made it, and when."""

from __future__ import annotations

import json
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import AppError, NotFound
from headhaul.pipeline.choices import Tracked
from headhaul.pipeline.errors import StaleOpportunity
from headhaul.pipeline.models import Opportunity, Stage
from headhaul.pipeline.selectors.stages import Book
from headhaul.pipeline.working_days import current

_SINCE = """
select h.field, h.new::text as new, h.recorded_at, coalesce(nullif(u.name, ''), u.email, 'Headhaul') as by
from pipeline_opportunitychange h left join security_user u on u.id = h.changed_by_id
where h.opportunity_id = %s and h.version > %s order by h.version desc, h.id desc
"""
_NOW = """
select o.version, o.name, s.key as stage, s.label, o.amount_cents, o.close_on, o.owner_id
from pipeline_opportunity o join pipeline_stage s on s.id = o.stage_id where o.id = %s
"""


def missed(opportunity: Opportunity, *, went_to: Stage | None, stages: Book) -> AppError:
    """The refusal for a change that met nothing: the row moved on while it was not held, or its stage is gone."""
    if went_to is not None and not stages.stage(went_to.pk).is_active:
        return stages.gone(went_to)
    return stale(opportunity, read=opportunity.version)


def stale(opportunity: Opportunity, *, read: int) -> StaleOpportunity:
    """The refusal: what happened since the version that was read."""
    rows = fetch(_NOW, [opportunity.pk])
    if not rows:
        raise NotFound(f"There is no opportunity {opportunity.pk} any more: somebody removed it.")
    now = rows[0]
    since = fetch(_SINCE, [opportunity.pk, read])
    said = _said(since, now)
    return StaleOpportunity(
        f"{now['name']} was changed meanwhile: {said}. Look at it again, then repeat your change.",
        current=now["version"],
        now={
            "stage": f"now {now['stage']}",
            "amountCents": f"now {now['amount_cents']}",
            "closeOn": f"now {now['close_on']}",
        },
    )


def _said(since: list[dict[str, Any]], now: dict[str, Any]) -> str:
    """The change that matters most to whoever moves cards: the latest move, otherwise the latest change."""
    if not since:
        return f"it is in {now['label']}"
    move = next((row for row in since if row["field"] == Tracked.STAGE), None)
    latest = move or since[0]
    clock = f"{latest['recorded_at'].astimezone(current().zone):%b %-d, %H:%M %Z}"
    if move:
        return f"{move['by']} moved it to {now['label']} ({clock})"
    value = "" if latest["new"] is None else json.loads(latest["new"])
    what = latest["field"].replace("_", " ")
    return f"{latest['by']} changed the {what}{_short(value)} ({clock})"


def _short(value: Any) -> str:
    return f" to “{str(value)[:60]}”" if isinstance(value, str) and value else ""
