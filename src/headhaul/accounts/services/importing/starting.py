"""From what somebody asked for to a run: everything that can be refused is refused before anything begins."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.models import ImportRun
from headhaul.accounts.schemas.imports import ImportRecords
from headhaul.accounts.services.importing import headings, reading, runs
from headhaul.accounts.services.importing.previewing import Plan, table_of
from headhaul.kernel import Actor


def start(*, asked: ImportRecords, by: Actor, at: datetime) -> ImportRun:
    """A run: done already when the rows came with the call, waiting for a worker when they are in a file."""
    with table_of(asked) as (table, name, path):
        plan = Plan(asked=asked, table=table, by=by)
        plan.check(mode=asked.mode)
        run = runs.create(
            entity=asked.entity,
            file_name=name,
            path=str(path) if path else "",
            by=by,
            at=at,
            source=asked.external_source,
            headers=table.columns,
            mapping=plan.mapping,
            options=plan.options,
            mode=asked.mode,
            is_dry_run=asked.dry_run,
            rows_total=table.total,
        )
        if path is not None:
            orders = {"date_orders": plan.options["date_orders"]}
            headings.remember(
                entity=asked.entity, columns=table.columns, mapping=plan.mapping, options=orders, by=by, at=at
            )
            return run
    assert asked.rows is not None
    return runs.do_at_once(run=run, table=reading.of_rows(asked.rows), by=by, at=at)
