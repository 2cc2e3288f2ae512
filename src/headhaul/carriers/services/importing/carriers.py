"""Import a public carrier file: recognise, read, refuse what cannot be believed, apply all of the rest at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from headhaul import preferences
from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.models import ImportRun
from headhaul.carriers.preferences import SegmentSettings
from headhaul.carriers.services.importing import runs, staging
from headhaul.carriers.services.importing.asof import date_in_name
from headhaul.carriers.services.importing.batches import Batches
from headhaul.carriers.services.importing.cargo_lists import CargoLists
from headhaul.carriers.services.importing.census import Census
from headhaul.carriers.services.importing.facts import Crashes, Revocations, SmsResults
from headhaul.carriers.services.importing.fields import Columns
from headhaul.carriers.services.importing.layouts import Layout, detect
from headhaul.carriers.services.importing.progress import Progress, silent
from headhaul.carriers.services.importing.report import RejectReport
from headhaul.carriers.services.importing.rows import stage_batch
from headhaul.carriers.services.importing.staging import FileKind
from headhaul.carriers.services.importing.streams import SourceFile
from headhaul.kernel import Actor


def import_carriers(
    *,
    path: Path,
    by: Actor,
    at: datetime,
    name: str = "",
    as_of: date | None = None,
    reports: Path | None = None,
    progress: Progress = silent,
    run_id: int | None = None,
) -> ImportRun:
    """Import one file of any known layout; gives the run with its counts.

    All rows come in at once at the end, or none: ImportRefused says what is wrong with the file. `as_of` is the day the
    file speaks for; without it the day in its name, its newest facts or its own age say so. `reports` is the folder for
    the list of rows that were not taken. Not inside a transaction of the caller: the record of
    the run must outlive a failure.
    """
    with runs.import_lock():
        runs.close_interrupted(at=at)
        shown = name or path.name
        options = {"as_of": as_of.isoformat()} if as_of else {}
        run = runs.begin(run_id=run_id, kind="carriers", file_name=shown, options=options, by=by, at=at)
        watch = runs.RunProgress(run, progress)
        try:
            with runs.recorded(run), SourceFile(path, name=shown) as source:
                run.file_size = source.size
                _import(source, run=run, today=at.date(), as_of=as_of, reports=reports, progress=watch)
        finally:
            staging.drop()
            progress(done=0, total=0, rows=run.rows_read, stage="done")
    return run


def _import(
    source: SourceFile, *, run: ImportRun, today: date, as_of: date | None, reports: Path | None, progress: Progress
) -> None:
    batches = Batches(source)
    layout = detect(batches.names, file_name=run.file_name)
    run.layout = layout.key
    kind = _kind(layout, batches.names, today=today)
    staging.create(kind.staging_columns)
    with RejectReport(runs.rejects_file(reports, run)) as report:
        is_typed = source.format == "parquet"
        for batch in batches.read(kind.wanted):
            columns = Columns(batch, dates=layout.dates, today=today, is_typed=is_typed)
            stage_batch(
                batch, kind.normalise(columns), bad=columns.bad, columns=list(kind.staging_columns), report=report
            )
            progress(done=source.bytes_read, total=source.size, rows=batches.rows, stage="reading")
        run.rows_read, run.rejected = batches.rows, report.written
        if batches.rows == 0:
            raise ImportRefused(f"{run.file_name} has column names and no rows.")
        if run.rejected == run.rows_read:
            raise ImportRefused(f"No row of {run.file_name} can be used. {'; '.join(report.summary()[:3])}.")
        source.hash_rest()
        source.check_unchanged()
        run.sha256 = source.sha256
        progress(done=source.size, total=source.size, rows=batches.rows, stage="applying")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"analyze {staging.TABLE}")
            run.source_date = as_of or _speaks_for(source, kind.newest_date(cursor), today=today)
            counts, doubles = kind.apply(cursor, as_of=run.source_date)
        _report_doubles(report, doubles)
        runs.take_counts(run, counts)
        run.notes = [*report.summary(), *run.notes]
        run.rejects_path = str(report.path) if report.path and report.written else ""


def _kind(layout: Layout, names: Sequence[str], *, today: date) -> FileKind:
    cut_offs = preferences.get(SegmentSettings).cut_offs
    if layout.kind == "census":
        return Census(layout, names, today=today, cut_offs=cut_offs)
    if layout.kind == "cargo":
        return CargoLists(layout, today=today, cut_offs=cut_offs)
    facts = {"safety": SmsResults, "crash": Crashes, "revocation": Revocations}
    return facts[layout.kind](layout, names, today=today)


def _speaks_for(source: SourceFile, newest: date | None, *, today: date) -> date:
    written = datetime.fromtimestamp(source.path.stat().st_mtime, tz=UTC).date()
    return date_in_name(source.name, today=today) or newest or min(written, today)


def _report_doubles(report: RejectReport, doubles: Iterable[Sequence[Any]]) -> None:
    for row, key, reason in doubles:
        report.add(line=None, row=row, field="dot_number", value=str(key), reason=reason)
