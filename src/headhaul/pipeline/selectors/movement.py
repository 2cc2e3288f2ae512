"""How the open pipeline got from what it was to what it is: one row for each kind of change, adding up exactly.

Both ends are what was known then, so that they equal the forecast of those moments.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor
from headhaul.pipeline.choices import Movement
from headhaul.pipeline.schemas.movement import (
    GetMovementDeals,
    GetPipelineMovement,
    MovementDeal,
    MovementDeals,
    MovementStep,
    PipelineMovement,
)
from headhaul.pipeline.schemas.periods import Link
from headhaul.pipeline.selectors.movement_question import MovementQuestion, question
from headhaul.pipeline.selectors.movement_sql import moves

_TOTALS = """
with {moves}
select bucket, sum(amount)::bigint as amount, sum(count) as deals, count(*) as touched from steps group by bucket
union all
select 'start', coalesce(sum(a0) filter (where was_in), 0)::bigint, count(*) filter (where was_in), 0 from moved
union all
select 'end', coalesce(sum(a1) filter (where is_in), 0)::bigint, count(*) filter (where is_in), 0 from moved
union all
select 'unchanged', 0, count(*) filter (where was_in and is_in and a0 = a1), 0 from moved
"""
_DEALS = """
with {moves}
select id, account_id, name, amount as amount_cents, amount_before as amount_before_cents,
       amount_after as amount_after_cents, close_before, close_after, owner_before as owner_before_id,
       owner_after as owner_after_id, stage_before as stage_before_id, stage_after as stage_after_id,
       not is_gone as is_there
from steps where bucket = %s {after} order by abs(amount) desc, id desc limit %s
"""
_COUNT = "with {moves} select count(*) as n from (select from steps where bucket = %s limit %s) few"
_SORT = "part"


def movement(*, asked: GetPipelineMovement, by: Actor, at: datetime) -> PipelineMovement:
    """The steps from the start to the end, those of which there are none included."""
    worked_out = question(asked=asked, by=by, at=at)
    found = moves(worked_out)
    rows = {row["bucket"]: row for row in fetch(_TOTALS.format(moves=found.sql), found.parameters)}
    return PipelineMovement(
        from_=worked_out.since,
        to=worked_out.until,
        closing_from=worked_out.window.starts_on,
        closing_to=worked_out.window.last_day,
        start_cents=rows["start"]["amount"],
        start_deals=rows["start"]["deals"],
        end_cents=rows["end"]["amount"],
        end_deals=rows["end"]["deals"],
        unchanged_deals=rows["unchanged"]["deals"],
        steps=[_step(bucket, rows.get(bucket.value), worked_out) for bucket in Movement],
    )


def deals(*, asked: GetMovementDeals, by: Actor, at: datetime) -> MovementDeals:
    """The deals behind one step, those that moved most first."""
    found = moves(question(asked=asked, by=by, at=at))
    parameters, after = [*found.parameters, asked.bucket.value], ""
    if asked.cursor:
        after = "and (abs(amount), id) < (%s, %s)"
        parameters += decode_cursor(asked.cursor, sort=_SORT, types=(int, int))
    rows = fetch(_DEALS.format(moves=found.sql, after=after), [*parameters, asked.limit + 1])
    page, more = rows[: asked.limit], len(rows) > asked.limit
    total = None
    if not asked.cursor:
        total = int(
            fetch(_COUNT.format(moves=found.sql), [*found.parameters, asked.bucket.value, COUNT_LIMIT + 1])[0]["n"]
        )
    last = page[-1] if page else None
    return MovementDeals(
        items=[MovementDeal(**row) for row in page],
        next_cursor=encode_cursor(_SORT, [abs(last["amount_cents"]), last["id"]]) if more and last else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
    )


def _step(bucket: Movement, row: dict[str, Any] | None, asked: MovementQuestion) -> MovementStep:
    return MovementStep(
        bucket=bucket,
        label=bucket.label,
        amount_cents=row["amount"] if row else 0,
        deals=row["deals"] if row else 0,
        touched=row["touched"] if row else 0,
        link=Link(action="getMovementDeals", data=_asked(asked) | {"bucket": bucket.value}),
    )


def _asked(question: MovementQuestion) -> dict[str, Any]:
    """The question with its window in days, so that it means the same tomorrow."""
    zone, window = question.window.zone, question.window
    days = {
        "from": question.since.astimezone(zone).date().isoformat(),
        "to": question.after.astimezone(zone).date().isoformat(),
        "closingFrom": window.starts_on.isoformat(),
        "closingTo": window.last_day.isoformat(),
    }
    whose = question.asked.model_dump(
        mode="json", by_alias=True, exclude_none=True, include={"owner", "team_id", "pipeline_id"}
    )
    return whose | days
