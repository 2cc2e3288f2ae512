"""Imports as pages and files show them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet

from headhaul.accounts.choices import ImportState
from headhaul.accounts.models import ImportedRecord, ImportRowError, ImportRun
from headhaul.accounts.ports.imports import importers
from headhaul.accounts.schemas.imports import (
    ErrorRow,
    GetImportErrors,
    GetImportKept,
    GetRecordImports,
    ImportDetail,
    ImportEntity,
    ImportErrors,
    ImportKept,
    ImportView,
    KeptRecord,
    ProblemGroup,
    RecordImports,
)
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, NotFound
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor
from headhaul.kernel.spreadsheets import csv_lines

SILENT_AFTER = 60  # seconds without a sign of life
_PROBLEMS = """
select problem->>0 as "column", problem->>1 as value,
       problem->>2 as reason, count(*) as rows
from accounts_importrowerror e, jsonb_array_elements(e.problems) problem
where e.run_id = %s group by problem->>0, problem->>1, problem->>2 order by count(*) desc, 1, 2 limit 50
"""
_MODELS = {"account": "accounts.Account", "contact": "accounts.Contact", "activity": "activities.Activity",
           "opportunity": "pipeline.Opportunity", "playbook": "pipeline.Playbook",
           "valueProp": "pipeline.ValueProp"}  # fmt: skip


def found(import_id: int, *, by: Actor) -> ImportRun:
    """The run, if it was the actor's or somebody's whose accounts they see. NotFound otherwise."""
    run = ImportRun.objects.filter(pk=import_id).first()
    if run is None or not scope_of(by).sees_work_of(run.by_id):
        raise NotFound(f"There is no import {import_id}.")
    return run


def page(*, asked: GetRecordImports, at: datetime, by: Actor) -> RecordImports:
    """Imports, newest first."""
    runs, scope = ImportRun.objects.order_by("-pk"), scope_of(by)
    if not scope.is_all:
        runs = runs.filter(by__in=scope.user_ids)
    if asked.entity:
        runs = runs.filter(entity=asked.entity)
    total = None if asked.cursor else _few(runs)
    if asked.cursor:
        runs = runs.filter(pk__lt=decode_cursor(asked.cursor, sort="imports", types=(int,))[0])
    rows = list(runs[: asked.limit + 1])
    shown = rows[: asked.limit]
    return RecordImports(
        items=[view(run, at=at) for run in shown],
        next_cursor=encode_cursor("imports", [shown[-1].pk]) if len(rows) > len(shown) else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
        entities=[ImportEntity(key=each.key, label=each.label) for each in importers().values()],
    )


def view(run: ImportRun, *, at: datetime) -> ImportView:
    """A run with its pace."""
    return ImportView(**_facts(run, at=at))


def detail(*, import_id: int, at: datetime, by: Actor) -> ImportDetail:
    """A run with the commonest reasons."""
    run = found(import_id, by=by)
    groups = [ProblemGroup(**row) for row in fetch(_PROBLEMS, [run.pk])]
    return ImportDetail(
        **_facts(run, at=at), upload_id=_upload_of(run), problems=groups, mapping=run.mapping, options=run.options
    )


def errors(*, asked: GetImportErrors, by: Actor) -> ImportErrors:
    """Rows that did not come in."""
    run = found(asked.import_id, by=by)
    rows = ImportRowError.objects.filter(run=run).order_by("row")
    total = None if asked.cursor else _few(rows)
    if asked.cursor:
        rows = rows.filter(row__gt=_int(asked.cursor, "errors"))
    got = list(rows[: asked.limit + 1])
    shown = got[: asked.limit]
    return ImportErrors(
        items=[ErrorRow(**{name: getattr(row, name) for name in ErrorRow.model_fields}) for row in shown],
        next_cursor=encode_cursor("errors", [shown[-1].row]) if len(got) > len(shown) else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
        columns=run.headers,
    )


def kept(*, asked: GetImportKept, by: Actor) -> ImportKept:
    """Records that an undone import left, with their names."""
    rows = ImportedRecord.objects.filter(run=found(asked.import_id, by=by), taken_back=False).order_by("pk")
    total = None if asked.cursor else _few(rows)
    if asked.cursor:
        rows = rows.filter(pk__gt=_int(asked.cursor, "kept"))
    got = list(rows[: asked.limit + 1])
    shown = got[: asked.limit]
    return ImportKept(
        items=list(_named(shown)),
        next_cursor=encode_cursor("kept", [shown[-1].pk]) if len(got) > len(shown) else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
    )


def error_file(*, import_id: int, by: Actor) -> Iterator[str]:
    """The rows that did not come in as a CSV file, streamed: the columns as they were, and why."""
    run = found(import_id, by=by)
    rows = ImportRowError.objects.filter(run=run).order_by("row").values_list("cells", "line", "result", "reason")
    lines = ([*cells, line, result, reason] for cells, line, result, reason in rows.iterator(chunk_size=1_000))
    return csv_lines([*run.headers, "Line", "Result", "Reason"], lines)


def kept_file(*, import_id: int, by: Actor) -> Iterator[str]:
    """The records that an undone import left, as a CSV file."""
    rows = ImportedRecord.objects.filter(run=found(import_id, by=by), taken_back=False).order_by("pk")
    pieces = _in_pieces(rows.iterator(chunk_size=1_000))
    lines = ([each.entity, each.record_id, each.name, each.reason] for each in chain.from_iterable(map(_named, pieces)))
    return csv_lines(["Kind", "ID", "Name", "Why it was kept"], lines)


def _in_pieces(rows: Iterator[ImportedRecord]) -> Iterator[list[ImportedRecord]]:
    piece: list[ImportedRecord] = []
    for row in rows:
        piece.append(row)
        if len(piece) == 500:
            yield piece
            piece = []
    yield piece


def _named(records: list[ImportedRecord]) -> Iterator[KeptRecord]:
    names: dict[tuple[str, int], str] = {}
    for entity in {record.entity for record in records}:
        if entity in _MODELS:
            model = apps.get_model(_MODELS[entity])
            wanted = [record.record_id for record in records if record.entity == entity]
            names |= {(entity, row.pk): str(row) for row in model._default_manager.filter(pk__in=wanted)}
    for record in records:
        name = names.get((record.entity, record.record_id), "")
        yield KeptRecord(entity=record.entity, record_id=record.record_id, name=name, reason=record.reason)


def _facts(run: ImportRun, *, at: datetime) -> dict[str, Any]:
    state = ImportState(run.state)
    is_at_work = state is ImportState.RUNNING and run.started_at is not None
    seconds = (at - run.started_at).total_seconds() if is_at_work and run.started_at else 0.0
    pace = run.read / seconds if seconds > 0 and run.read else None
    share = _taken_back(run) if state is ImportState.UNDOING else run.done_percent
    left = round(seconds * (100 - share) / share) if is_at_work and share > 0 else None
    silent = (at - run.heartbeat_at).total_seconds() if run.heartbeat_at else 0.0
    same = ("id", "entity", "title", "file_name", "source", "mode", "is_dry_run", "error", "rows_total", "created",
            "updated", "unchanged", "skipped", "failed", "notes", "created_at", "started_at", "finished_at", "reversed",
            "kept", "undone_at")  # fmt: skip
    return {name: getattr(run, name) for name in same} | {
        "state": state,
        "rows_read": run.read,
        "percent": share,
        "by": run.by_name,
        "last_sign_at": run.heartbeat_at,
        "is_silent": state.is_open and state is not ImportState.QUEUED and silent > SILENT_AFTER,
        "rows_per_second": None if pace is None else round(pace, 1),
        "seconds_left": left,
        "can_be_undone": not run.is_dry_run and not state.is_open and state is not ImportState.UNDONE
        and bool(run.created or run.updated),
    }  # fmt: skip


def _upload_of(run: ImportRun) -> str:
    """Uploads lie under their own id."""
    path = Path(run.path) if run.path else None
    return str(UUID(hex=path.name)) if path and path.parent.name == "uploads" and path.is_file() else ""


def _taken_back(run: ImportRun) -> int:
    """How much of it was looked at already, in percent."""
    total = run.records.count()
    return 100 * run.records.filter(taken_back__isnull=False).count() // total if total else 0


def _few(rows: QuerySet[Any]) -> int:
    return rows.order_by().values("pk")[: COUNT_LIMIT + 1].count()


def _int(cursor: str, sort: str) -> int:
    key: int = decode_cursor(cursor, sort=sort, types=(int,))[0]
    return key
