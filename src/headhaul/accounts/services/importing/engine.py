"""The rows of an import, batch by batch: judged, written, counted and noted in one transaction each.

So a run that is killed goes on after its last whole batch, and no row is done twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, connection, transaction

from headhaul.accounts.choices import ImportMode, ImportState, OnDuplicate, RowResult
from headhaul.accounts.models import ImportRun
from headhaul.accounts.ports.imports import ImportRow, Outcome, Problem, RecordImporter, Rules, Session
from headhaul.accounts.services.importing.columns import CLIP, Columns, columns_of
from headhaul.accounts.services.importing.reading import Line, Table
from headhaul.accounts.services.importing.sessions import Changed
from headhaul.accounts.services.importing.writing import insert
from headhaul.kernel import Actor

BATCH = 500
TRIES = 3
_ERRORS = {
    "run_id": "bigint", "row": "int", "line": "int", "result": "text", "column": "text", "value": "text",
    "reason": "text", "problems": "jsonb", "cells": "jsonb",
}  # fmt: skip
_RECORDS = {
    "run_id": "bigint", "entity": "text", "record_id": "bigint", "row": "int", "is_new": "bool", "version": "int",
    "before": "jsonb", "after": "jsonb", "reason": "text",
}  # fmt: skip
# Another batch may have touched the record before: what was before that stays, what is after it is newer.
_AGAIN = """
on conflict (run_id, entity, record_id) do update set version = excluded.version,
    before = excluded.before || accounts_importedrecord.before, after = accounts_importedrecord.after || excluded.after
"""


class Stopped(Exception):
    """Somebody stopped the run; the batch at hand is not done."""


@dataclass(slots=True)
class Judged:
    """A batch: its rows as they stood in the file, and what became of them."""

    lines: list[Line]
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many rows ended how."""
        return Counter(str(outcome.result) for outcome in self.outcomes)


class Work:
    """An import at work: the importer's session, the columns, and the rules of the run."""

    def __init__(self, *, importer: RecordImporter, columns: Columns, rules: Rules) -> None:
        self.importer, self.columns, self.rules = importer, columns, rules
        self._session: Session | None = None if rules.writes else importer.session(rules)

    def judge(self, lines: Sequence[Line], *, at: datetime) -> Judged:
        """What becomes of these rows; with rules that write, it has become."""
        batch = Judged(list(lines))
        found: dict[int, Outcome] = {}
        rows: list[ImportRow] = []
        for line in lines:
            row, problems = self.columns.read(line)
            if problems:
                found[line.number] = Outcome.failed(line.number, *problems)
            else:
                rows.append(row)
        for outcome in self._applied(rows, at=at):
            outcome.problems = [self._named(problem) for problem in outcome.problems]
            found[outcome.row] = outcome
        batch.outcomes = [found[line.number] for line in lines]
        return batch

    def _applied(self, rows: list[ImportRow], *, at: datetime) -> list[Outcome]:
        if not rows:
            return []
        if self._session is not None:
            return self._session.apply(rows, at=at)
        for _ in range(TRIES - 1):
            try:
                return self._written(rows, at=at)
            except Changed:
                continue
        try:
            return self._written(rows, at=at)
        except Changed:
            told = "somebody entered the same record at the same moment; import the row again"
            return [Outcome.failed(row.number, Problem("", "", told)) for row in rows]

    def _written(self, rows: list[ImportRow], *, at: datetime) -> list[Outcome]:
        """Write the rows; where the database refuses one, the others are still written."""
        try:
            with transaction.atomic():
                return self.importer.session(self.rules).apply(rows, at=at)
        except (IntegrityError, DataError) as fault:
            if len(rows) == 1:
                return [Outcome.failed(rows[0].number, Problem("", "", _refusal(fault)))]
        half = len(rows) // 2
        return self._written(rows[:half], at=at) + self._written(rows[half:], at=at)

    def _named(self, problem: Problem) -> Problem:
        return Problem(self.columns.column_of.get(problem.field, ""), problem.value[:CLIP], problem.reason)


def work_of(run: ImportRun, *, importer: RecordImporter, by: Actor) -> Work:
    """The work that a run describes."""
    columns = columns_of(fields=importer.fields(), headers=run.headers, mapping=run.mapping, options=run.options)
    return Work(importer=importer, columns=columns, rules=rules_of(run, by=by))


def rules_of(run: ImportRun, *, by: Actor) -> Rules:
    """The rules that a run's options say."""
    options: dict[str, Any] = run.options
    return Rules(
        by=by,
        writes=not run.is_dry_run,
        match_on=tuple(options.get("match_on", [])),
        mode=ImportMode(run.mode),
        on_duplicate=OnDuplicate(options.get("on_duplicate", OnDuplicate.SKIP)),
        fills_only=bool(options.get("fills_only")),
        creates_accounts=bool(options.get("creates_accounts", True)),
        source=run.source,
        said_by=options.get("consent_source", ""),
        file_name=run.file_name,
        batch_id=run.batch_id,
    )


def do_rows(*, run: ImportRun, table: Table, work: Work, at: datetime) -> Iterator[ImportRun]:
    """Do all rows that are not done yet; the run is given after each batch. `Stopped` when somebody stopped it."""
    lines = (line for line in table.lines if line.number > run.read)
    at_once = getattr(work.importer, "at_once", BATCH)  # rows that take much each say how many are enough
    while chunk := list(islice(lines, at_once)):
        with transaction.atomic():
            if run.path:
                _by_index()
            batch = work.judge(chunk, at=at)
            note(run, batch)
            _count(run, batch.counts, percent=min(99, table.percent() or _share(run.read + len(chunk), table.total)))
        yield run


def _by_index() -> None:
    """Look records up by their indexes: a table that grew within minutes is still small in the planner's statistics."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('enable_seqscan', 'off', true)")


def note(run: ImportRun, batch: Judged) -> None:
    """Keep the rows that did not come in, and what the others touched."""
    lines = {line.number: line for line in batch.lines}
    errors = [_error(run, lines[o.row], o) for o in batch.outcomes if o.problems]
    insert("accounts_importrowerror", _ERRORS, errors)
    touched: dict[tuple[str, int], list[Any]] = {}
    for outcome in batch.outcomes:
        for each in outcome.touched if not run.is_dry_run else ():
            key = (each.entity, each.record.id)
            known = touched.get(key)
            if known is None:
                touched[key] = [
                    run.pk, *key, outcome.row, each.is_new, each.record.version, each.before, each.after, "",
                ]  # fmt: skip
            else:
                known[5:8] = [each.record.version, each.before | known[6], known[7] | each.after]
    insert("accounts_importedrecord", _RECORDS, list(touched.values()), conflict=_AGAIN)


def _count(run: ImportRun, counts: Counter[str], *, percent: int) -> None:
    for name, count in counts.items():
        setattr(run, name, getattr(run, name) + count)
    run.read += counts.total()
    run.done_percent = max(run.done_percent, percent)
    names = ("read", "done_percent", *(str(result) for result in RowResult))
    values = {name: getattr(run, name) for name in names}
    if not ImportRun.objects.filter(pk=run.pk, state=ImportState.RUNNING).update(**values):
        raise Stopped


def _share(done: int, total: int | None) -> int:
    return 100 * done // total if total else 0


def _error(run: ImportRun, line: Line, outcome: Outcome) -> tuple[Any, ...]:
    first = outcome.problems[0]
    reason = "; ".join(dict.fromkeys(problem.reason for problem in outcome.problems))
    told = [[problem.field, problem.value, problem.reason] for problem in outcome.problems]
    return (
        run.pk, line.number, line.line, str(outcome.result), first.field, first.value, reason, told, line.cells,
    )  # fmt: skip


def _refusal(fault: DatabaseError) -> str:
    return f"the database refuses this row ({type(fault.__cause__ or fault).__name__})"
