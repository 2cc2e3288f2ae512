"""Import runs and their reports."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

from headhaul.carriers.models import ImportRun
from headhaul.carriers.schemas.imports import GetImports, ImportList, ImportRejects, ImportRow, RejectedRow
from headhaul.kernel import NotFound
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor


def page(*, asked: GetImports, titles: dict[str, str]) -> ImportList:
    """Runs, newest first."""
    runs = ImportRun.objects.order_by("-pk")
    if asked.kind:
        runs = runs.filter(kind=asked.kind)
    if asked.run_id:
        runs = runs.filter(pk=asked.run_id)
    total = None if asked.cursor else runs.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    if asked.cursor:
        (key,) = decode_cursor(asked.cursor, sort="imports", types=(int,))
        runs = runs.filter(pk__lt=key)
    found = list(runs[: asked.limit + 1])
    shown = found[: asked.limit]
    return ImportList(
        items=[row(run, titles) for run in shown],
        next_cursor=encode_cursor("imports", [shown[-1].pk]) if len(found) > len(shown) else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
    )


def row(run: ImportRun, titles: dict[str, str]) -> ImportRow:
    """A run as the list shows it."""
    named = {name: getattr(run, name) for name in ImportRow.model_fields if name not in ("layout_title", "has_report")}
    return ImportRow(
        **named,
        layout_title=titles.get(run.layout, run.layout),
        has_report=bool(run.rejects_path) and Path(run.rejects_path).is_file(),
    )


def rejects(*, run_id: int, limit: int) -> ImportRejects:
    """The beginning of the report of a run."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NotFound(f"There is no import {run_id}.")
    path = Path(run.rejects_path) if run.rejects_path else None
    items: list[RejectedRow] = []
    if path is not None and path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for each in islice(csv.DictReader(file), limit):
                items.append(RejectedRow(**{name: each.get(name) or "" for name in RejectedRow.model_fields}))
    return ImportRejects(run_id=run_id, items=items, rejected=run.rejected)
