"""The board: every column with its sums and its first cards, each column paged by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.keyset import decode_cursor, encode_cursor
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.models import Stage
from headhaul.pipeline.schemas.board import Board, Column, GetPipeline
from headhaul.pipeline.selectors.rows import OWNERS, Reading, narrowed_by, needed_for
from headhaul.pipeline.selectors.stages import pipeline_of
from headhaul.pipeline.selectors.tallies import Total, totals

# The cards are picked by the index of their column first; what a card says beside is looked up for those alone.
_CARDS = """
select {columns} from unnest(%s::bigint[]) with ordinality as chosen(stage_id, place)
cross join lateral (
    select o.id from {source} where o.stage_id = chosen.stage_id and {where}
    order by o.stage_entered_at desc, o.id desc limit %s
) card
join pipeline_opportunity o on o.id = card.id join accounts_account a on a.id = o.account_id {owners}
order by chosen.place, o.stage_entered_at desc, o.id desc
"""


def board(*, asked: GetPipeline, by: Actor, at: datetime) -> Board:
    """The board of a pipeline as this actor may see it."""
    if asked.cursor and not asked.stage:
        raise InvalidData("A cursor belongs to one column: name its stage.", fields={"stage": "missing"})
    pipeline, reading = pipeline_of(asked.pipeline_id), Reading.now(at)
    stages = reading.book.of(pipeline.pk)
    if asked.stage:
        stages = [reading.book.find(pipeline.pk, asked.stage)]
    narrowed = narrowed_by(asked, reading=reading, by=by)
    # Only what is open has risks: the closed columns, the longest of all, need not be looked through for them.
    keys = [stage.pk for stage in stages if not asked.risk or stage.kind == StageKind.OPEN]
    sums = totals(asked=asked, stage_ids=keys, narrowed=narrowed, by=by)
    cards = _cards(asked, keys, narrowed, reading=reading)
    return Board(
        pipeline_id=pipeline.pk,
        name=pipeline.name,
        today=reading.calendar.today(at),
        columns=[
            _column(stage, sums.get(stage.pk, Total()), cards.get(stage.pk, []), asked, reading) for stage in stages
        ],
    )


def _cards(
    asked: GetPipeline, keys: list[int], narrowed: Conditions, *, reading: Reading
) -> dict[int, list[dict[str, Any]]]:
    where, parameters = narrowed.where, list(narrowed.parameters)
    if asked.cursor:
        where += " and (o.stage_entered_at, o.id) < (%s, %s)"
        parameters += decode_cursor(asked.cursor, sort=f"column:{asked.stage}", types=(datetime, int))
    sql = _CARDS.format(columns=reading.columns, source=needed_for(where), where=where, owners=OWNERS)
    found: dict[int, list[dict[str, Any]]] = {key: [] for key in keys}
    for row in fetch(sql, [keys, *parameters, asked.per_column + 1]):
        found[row["stage_id"]].append(row)
    return found


def _column(stage: Stage, total: Total, rows: list[dict[str, Any]], asked: GetPipeline, reading: Reading) -> Column:
    more, rows = len(rows) > asked.per_column, rows[: asked.per_column]
    last = [rows[-1]["stage_entered_at"], rows[-1]["id"]] if more else []
    return Column(
        id=stage.pk,
        stage=stage.key,
        label=stage.label,
        kind=stage.kind,
        probability=stage.probability,
        sla_days=stage.sla_days,
        required=stage.required,
        count=total.count,
        amount_cents=total.cents,
        weighted_cents=round(total.cents * stage.probability / 100),
        cards=[reading.row(row) for row in rows],
        next_cursor=encode_cursor(f"column:{stage.key}", last) if more else None,
    )
