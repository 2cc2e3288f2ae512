"""The table of opportunities as views and files know it: its filters, orders and columns, and every row in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

from headhaul.accounts.ports.lists import Asked, Column, ListKind, register
from headhaul.accounts.selectors.lists.columns import custom_columns
from headhaul.accounts.selectors.pages import both_ways, fetch
from headhaul.pipeline.models import Pipeline
from headhaul.pipeline.schemas.opportunities import OpportunityFilters, OpportunityRow, Sorted
from headhaul.pipeline.selectors.opportunities import SORTS, conditions
from headhaul.pipeline.selectors.rows import OWNERS, SOURCE, Reading

PIECE = 500  # rows read at once
ORDERS = both_ways(*SORTS.values())


def _of(name: str) -> Callable[[OpportunityRow], Any]:
    return lambda row: getattr(row, name)


def _dollars(row: OpportunityRow) -> float | None:
    return None if row.amount_cents is None else row.amount_cents / 100


COLUMNS = (
    Column("id", "Id", _of("id"), "number"),
    Column("name", "Opportunity", _of("name"), sort="name", edit="name", by_default=True),
    Column("account", "Account", _of("account_name"), by_default=True),
    Column("dotNumber", "USDOT number", _of("dot_number"), "number", by_default=True),
    Column("stage", "Stage", _of("stage_label"), "choice", by_default=True),
    Column("amountCents", "Amount", _dollars, "money", "amount", "amountCents", by_default=True),
    Column("probability", "Probability in percent", _of("probability"), "number", by_default=True),
    Column("closeOn", "Close date", _of("close_on"), "date", "closing", "closeOn", by_default=True),
    Column("category", "Forecast category", lambda row: row.category.label, "choice", by_default=True),
    Column("nextStep", "Next step", _of("next_step"), edit="nextStep", by_default=True),
    Column("nextStepOn", "Next step on", _of("next_step_on"), "date", edit="nextStepOn", by_default=True),
    Column("owner", "Owner", lambda row: row.owner.name if row.owner else "", "person", by_default=True),
    Column("daysInStage", "Working days in stage", _of("days_in_stage"), "number", "stageAge", by_default=True),
    Column("risks", "Risks", lambda row: [risk.label for risk in row.risks], "tags", by_default=True),
    Column("lostReason", "Lost because", _of("lost_reason")),
    Column("openedAt", "Opened", _of("opened_at"), "time"),
    Column("closedAt", "Closed", _of("closed_at"), "time"),
    Column("updatedAt", "Changed", _of("updated_at"), "time", "changed"),
)


def _columns() -> list[Column]:
    """The columns, with the pipeline after the stage; it stands in files by itself where there are several."""
    known = list(Pipeline.objects.values_list("pk", "name", "is_active"))
    names, several = {key: name for key, name, _ in known}, sum(is_active for *_, is_active in known) > 1
    pipeline = Column("pipeline", "Pipeline", lambda row: names.get(row.pipeline_id, ""), "choice", by_default=several)
    place = next(n for n, column in enumerate(COLUMNS) if column.key == "stage") + 1
    return [*COLUMNS[:place], pipeline, *COLUMNS[place:], *custom_columns("opportunity")]


def every_row(asked: Asked) -> Iterator[OpportunityRow]:
    """All rows of the list, from the first on, read in pieces."""
    assert isinstance(asked.filters, OpportunityFilters)
    reading, sort = Reading.now(asked.at), ORDERS[asked.sort, asked.direction]
    narrowed = conditions(asked.filters, reading=reading, by=asked.by)
    places = ", ".join(["%s"] * len(sort.columns))
    comparison = f"({', '.join(sort.columns)}) {'<' if sort.descending else '>'} ({places})"
    last: list[Any] | None = None
    while True:
        where = narrowed.where if last is None else f"{narrowed.where} and {comparison}"
        sql = f"""select {reading.columns}, lower(o.name) as sort_name from {SOURCE} {OWNERS} where {where}
            order by {sort.order_by} limit {PIECE}"""
        rows = fetch(sql, [*narrowed.parameters, *(last or [])])
        yield from (reading.row(row) for row in rows)
        if len(rows) < PIECE:
            return
        last = sort.key(rows[-1])


OPPORTUNITIES = register(
    ListKind(
        entity="opportunities",
        title="Opportunities",
        filters=OpportunityFilters,
        sorts=get_args(Sorted),
        default_sort="closing",
        columns=_columns,
        rows=every_row,
    )
)
