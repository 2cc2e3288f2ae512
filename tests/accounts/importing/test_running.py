"""Imports at work: killed and taken up again, stopped, dry, with thousands of broken rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts import jobs
from headhaul.accounts.models import Account, ImportedRecord, ImportRun
from headhaul.accounts.selectors.imports import error_file
from headhaul.accounts.services.importing import engine, runs
from headhaul.kernel import SYSTEM, Actor
from tests.accounts.importing.conftest import Upload, ask, importing


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BATCH", 10)


def fleets(count: int) -> list[list[Any]]:
    """A file of that many companies."""
    return [["Company", "USDOT"], *[[f"Fleet {n}", n] for n in range(1, count + 1)]]


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def killed_after(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Lets the process die when so many batches were committed."""
    beat = runs.beat

    def after(batches: int) -> None:
        left = [batches]

        def beating(run: ImportRun) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            beat(run)

        monkeypatch.setattr(runs, "beat", beating)

    yield after
    monkeypatch.setattr(runs, "beat", beat)


def test_a_killed_import_goes_on_where_it_was_and_does_no_row_twice(
    max_: Actor, upload: Upload, killed_after: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_after(2)
    begun = importing(max_, work=False, entity="accounts", uploadId=upload(fleets(35)))
    with pytest.raises(Killed):
        jobs.import_records(run_id=begun.id)
    half = ImportRun.objects.get()
    assert (half.state, half.read, Account.objects.count()) == ("running", 20, 20)
    monkeypatch.undo()
    jobs.import_records(run_id=begun.id)
    whole = ImportRun.objects.get()
    assert (whole.state, whole.read, whole.created, whole.attempts) == ("done", 35, 35, 2)
    assert (Account.objects.count(), ImportedRecord.objects.count()) == (35, 35)


def test_an_import_that_nobody_works_on_is_seen_and_given_to_a_worker(
    max_: Actor, upload: Upload, killed_after: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_after(1)
    begun = importing(max_, work=False, entity="accounts", uploadId=upload(fleets(15)))
    with pytest.raises(Killed):
        jobs.import_records(run_id=begun.id)
    monkeypatch.undo()
    ImportRun.objects.update(heartbeat_at=datetime.now(UTC) - timedelta(minutes=3))
    now = datetime.now(UTC)
    assert [run.pk for run in runs.lost(at=now)] == [begun.id]
    with runs.alone(begun.id):
        assert runs.lost(at=now) == []
    assert jobs.find_lost_imports() == 1
    assert jobs.find_lost_imports() == 0  # it was given to a worker a moment ago


def test_a_stopped_import_ends_and_what_came_in_can_be_undone(
    max_: Actor, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = runs.beat

    def stopping(run: ImportRun) -> None:
        beat(run)
        if run.read == 20 and run.state == "running":
            ask("stopImport", {"importId": run.pk}, max_)

    monkeypatch.setattr(runs, "beat", stopping)
    run = importing(max_, entity="accounts", uploadId=upload(fleets(35)))
    assert (run.state, run.created, Account.objects.count()) == ("stopped", 20, 20)
    assert ask("undoImport", {"importId": run.id}, max_).reversed == 20


def counts(run: Any) -> tuple[int, ...]:
    """How the rows of a run ended."""
    return run.created, run.updated, run.unchanged, run.skipped, run.failed


def test_a_dry_run_says_exactly_what_the_real_one_does(max_: Actor, upload: Upload) -> None:
    importing(max_, entity="accounts", uploadId=upload(fleets(5)))
    table = [["Company", "USDOT", "City", "State"]]
    table += [[f"Fleet {n}", n % 30 + 1, "Austin" if n > 20 else "", "TX" if n % 7 else "Nowhere"] for n in range(60)]
    table += [["Twin", "", "", ""], ["Twin", "", "", "TX"], ["twin", "", "Waco", "TX"], ["", "", "Tulsa", ""]]
    key = upload(table)
    dry = importing(max_, entity="accounts", uploadId=key, dryRun=True)
    assert Account.objects.count() == 5
    real = importing(max_, entity="accounts", uploadId=key)
    assert counts(dry) == counts(real)
    assert list(error_file(import_id=dry.id, by=SYSTEM)) == list(error_file(import_id=real.id, by=SYSTEM))
    assert dry.failed > 0
    assert dry.updated > 0


def test_ten_thousand_broken_rows_are_all_told_and_safe_to_open(
    max_: Actor, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BATCH", 500)
    table = [["Company", "USDOT"], *[["=cmd()|' /C calc'!A0", f"no number {n}"] for n in range(10_000)], ["Good", 7]]
    run = importing(max_, entity="accounts", uploadId=upload(table))
    assert (run.rows_read, run.failed, run.created) == (10_001, 10_000, 1)
    lines = list(error_file(import_id=run.id, by=SYSTEM))
    assert len(lines) == 10_001
    assert lines[0].strip() == "Company,USDOT,Line,Result,Reason"
    assert lines[1].startswith("'=cmd()")
    assert "USDOT number is no USDOT number; it has 1 to 8 digits" in lines[1]
    assert [(group.column, group.rows) for group in run.problems[:1]] == [("USDOT", 1)]


def test_a_row_that_the_database_refuses_takes_no_other_with_it(
    max_: Actor, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import IntegrityError

    from headhaul.accounts.services.importing import account_rows

    insert = account_rows.insert_accounts

    def refusing(made: Any, **rest: Any) -> Any:
        if any(record.get("name") == "Fleet 13" for record in made):
            raise IntegrityError("no thirteen")
        return insert(made, **rest)

    monkeypatch.setattr(account_rows, "insert_accounts", refusing)
    run = importing(max_, entity="accounts", uploadId=upload(fleets(30)))
    assert (run.created, run.failed) == (29, 1)


def test_two_at_the_same_moment_make_one_account(max_: Actor, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    from headhaul.accounts.services.importing import account_rows

    insert, first = account_rows.insert_accounts, [True]

    def late(made: Any, **rest: Any) -> Any:
        if first.pop() if first else False:
            ask("createAccount", {"name": "Fleet 3", "dotNumber": 3}, max_)
        return insert(made, **rest)

    monkeypatch.setattr(account_rows, "insert_accounts", late)
    run = importing(max_, entity="accounts", uploadId=upload(fleets(5)))
    assert (run.state, run.failed, Account.objects.count()) == ("done", 0, 5)
