"""Import a pool file, or take a batch that somebody pushes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import connection, transaction

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.models import ImportRun
from headhaul.carriers.services.drivers.json_files import JsonDrivers
from headhaul.carriers.services.drivers.mapping import SYNONYMS, map_columns
from headhaul.carriers.services.drivers.pool import DriverPool
from headhaul.carriers.services.importing import runs, staging
from headhaul.carriers.services.importing.batches import Batch, Batches
from headhaul.carriers.services.importing.fields import Columns
from headhaul.carriers.services.importing.progress import Progress, silent
from headhaul.carriers.services.importing.report import RejectReport
from headhaul.carriers.services.importing.rows import stage_batch
from headhaul.carriers.services.importing.staging import Counts
from headhaul.carriers.services.importing.streams import SourceFile
from headhaul.kernel import Actor


def import_drivers(
    *,
    path: Path,
    by: Actor,
    at: datetime,
    name: str = "",
    mapping: Mapping[str, str] | None = None,
    replace: bool = False,
    reports: Path | None = None,
    progress: Progress = silent,
    run_id: int | None = None,
) -> ImportRun:
    """Import a pool file (CSV, Parquet, JSON); gives the run with its counts.

    `mapping` (our field → the file's column) goes before what the column names suggest. With `replace` the file is the
    whole pool: whoever is not in it is taken out. All comes in at once at the end, or nothing does.
    """
    with runs.import_lock():
        runs.close_interrupted(at=at)
        shown = name or path.name
        options = {"map": dict(mapping or {}), "replace": replace}
        run = runs.begin(run_id=run_id, kind="drivers", file_name=shown, options=options, by=by, at=at)
        run.source_date = at.date()
        watch = runs.RunProgress(run, progress)
        try:
            with runs.recorded(run), SourceFile(path, name=shown) as source:
                run.file_size = source.size
                _import(source, run=run, at=at, given=mapping or {}, replace=replace, reports=reports, progress=watch)
        finally:
            staging.drop()
            progress(done=0, total=0, rows=run.rows_read, stage="done")
    return run


def _import(
    source: SourceFile,
    *,
    run: ImportRun,
    at: datetime,
    given: Mapping[str, str],
    replace: bool,
    reports: Path | None,
    progress: Progress,
) -> None:
    rows = JsonDrivers(source) if source.format == "json" else Batches(source)
    mapped = map_columns(rows.names, given=given, file_name=run.file_name)
    run.layout = f"drivers_{source.format}"
    pool = DriverPool(mapped.fields, today=at.date())
    staging.create(pool.staging_columns)
    with RejectReport(runs.rejects_file(reports, run)) as report:
        for batch in rows.read(pool.wanted):
            columns = Columns(batch, dates="YYYY-MM-DD", today=at.date())
            stage_batch(
                batch, pool.normalise(columns), bad=columns.bad, columns=list(pool.staging_columns), report=report
            )
            progress(done=source.bytes_read, total=source.size, rows=rows.rows, stage="reading")
        run.rows_read, run.rejected = rows.rows, report.written
        if run.rejected == run.rows_read:
            reasons = "; ".join(report.summary()[:3])
            raise ImportRefused(
                f"No row of {run.file_name} can be used. {reasons}." if reasons else f"{run.file_name} has no rows."
            )
        source.hash_rest()
        source.check_unchanged()
        run.sha256 = source.sha256
        progress(done=source.size, total=source.size, rows=rows.rows, stage="applying")
        with transaction.atomic(), connection.cursor() as cursor:
            counts, run.removed, doubles = pool.apply(cursor, today=at.date(), replace=replace)
            cursor.execute("analyze carriers_driver")
        for row, key, reason in doubles:
            report.add(line=None, row=row, field="driver_id", value=key, reason=reason)
        runs.take_counts(run, counts)
        run.notes = [*mapped.notes, *pool.notes(), *report.summary()]
        run.rejects_path = str(report.path) if report.path and report.written else ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A driver of a batch that was not taken; `index` counts from 0."""

    index: int
    field: str
    reason: str


def upsert_batch(*, drivers: Sequence[Mapping[str, Any]], at: datetime) -> tuple[Counts, list[Refused], list[str]]:
    """Take a pushed batch: (counts, who was refused, notes). Facts that none of them has stay as they are."""
    fields = [field for field in SYNONYMS if any(field in driver for driver in drivers)]
    pool = DriverPool({field: field for field in fields}, today=at.date())
    table = pa.table(
        {field: pa.array([_text(driver.get(field)) for driver in drivers], pa.string()) for field in fields}
    )
    batch = Batch(table, 0, has_nul=any("\0" in str(value) for driver in drivers for value in driver.values()))
    columns = Columns(batch, dates="YYYY-MM-DD", today=at.date())
    staged = pool.normalise(columns)
    with transaction.atomic(), connection.cursor() as cursor, RejectReport(None) as report:
        cursor.execute("select pg_advisory_xact_lock(%s)", [runs.LOCK])
        staging.create(pool.staging_columns)
        stage_batch(batch, staged, bad=columns.bad, columns=list(pool.staging_columns), report=report)
        counts, _, _ = pool.apply(cursor, today=at.date(), replace=False)
        staging.drop()
    refused = [Refused(index, field, reason) for index, (field, _, reason) in sorted(columns.bad.items())]
    return counts, refused, pool.notes()


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return ";".join(map(str, value)) if isinstance(value, (list, tuple, set, frozenset)) else str(value) or None
