"""Whatever is wrong with a file: a sentence, a failed run, and nothing half imported."""

from __future__ import annotations

import errno
import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg.errors
import pytest
from django.db import OperationalError, connection

from headhaul.carriers.choices import ImportState
from headhaul.carriers.errors import ImportBusy, ImportRefused
from headhaul.carriers.models import Carrier, CarrierSource, ImportRun
from headhaul.carriers.services.importing import carriers as importing
from headhaul.carriers.services.importing import runs
from headhaul.carriers.services.importing.carriers import import_carriers
from headhaul.carriers.services.importing.census import Census
from headhaul.kernel import SYSTEM
from tests.carriers.conftest import AT
from tests.carriers.importing.census_files import hauler, text_of

Load = Callable[..., ImportRun]
MANY = [hauler(dot_number=str(n)) for n in range(1, 3000)]


def refused(path: Path) -> str:
    with pytest.raises(ImportRefused) as refusal:
        import_carriers(path=path, by=SYSTEM, at=AT)
    run = ImportRun.objects.latest("pk")
    assert (run.state, run.error) == (ImportState.FAILED, refusal.value.message)
    assert not Carrier.objects.exists()
    assert not CarrierSource.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('pg_temp.carriers_staging')")
        assert cursor.fetchone() == (None,)
    return refusal.value.message


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "PNG picture"),
        (b"<html><body>503 Service Unavailable</body></html>", "web page"),
        (b"name,shoe_size\nANNA,38\n", "not a layout we know"),
        (text_of([]).encode(), "column names and no rows"),
        (text_of([hauler(dot_number="ABC")]).encode(), "No row of"),
        (gzip.compress(text_of(MANY).encode())[:-2000], "was cut"),
        (b"PAR1" + bytes(200), "damaged"),
        (b'{"content": null}', "JSON"),
        (bytes(range(1, 250)) * 9, "not a text table"),
    ],
    ids=[
        "empty",
        "blank",
        "png",
        "html",
        "other layout",
        "no rows",
        "no good row",
        "cut gz",
        "parquet",
        "json",
        "rubbish",
    ],
)
def test_a_wrong_file_changes_nothing_and_says_why(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "census.csv"
    path.write_bytes(content)
    assert says in refused(path)


@pytest.mark.django_db
def test_a_file_that_changes_while_it_is_read_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "census.csv"
    path.write_text(text_of(MANY), newline="")
    normalise = Census.normalise

    def meanwhile(self: Census, columns: Any) -> Any:
        os.utime(path, (1, 1))
        return normalise(self, columns)

    monkeypatch.setattr(Census, "normalise", meanwhile)
    assert "changed while it was read" in refused(path)


@pytest.mark.django_db
def test_a_full_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "census.csv"
    path.write_text(text_of(MANY), newline="")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(importing, "stage_batch", full)
    assert "disk is full" in refused(path)


@pytest.mark.django_db
def test_a_full_disk_of_the_database_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "census.csv"
    path.write_text(text_of(MANY), newline="")

    def full(*_: Any, **__: Any) -> None:
        raise OperationalError("could not extend file") from psycopg.errors.DiskFull()

    monkeypatch.setattr(importing, "stage_batch", full)
    assert "database's disk is full" in refused(path)


@pytest.mark.django_db(transaction=True)
def test_an_error_in_the_last_step_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "census.csv"
    path.write_text(text_of(MANY), newline="")
    insert = Census._insert

    def breaks(self: Census, *args: Any) -> None:
        insert(self, *args)
        raise RuntimeError("power cut")

    monkeypatch.setattr(Census, "_insert", breaks)
    with pytest.raises(RuntimeError, match="power cut"):
        import_carriers(path=path, by=SYSTEM, at=AT)
    assert not Carrier.objects.exists()
    assert ImportRun.objects.get().state == ImportState.FAILED
    monkeypatch.undo()
    assert import_carriers(path=path, by=SYSTEM, at=AT).inserted == len(MANY)


@pytest.mark.django_db
def test_a_run_that_was_killed_is_marked_by_the_next(load: Load) -> None:
    killed = ImportRun.objects.create(kind="carriers", file_name="x.csv", state=ImportState.RUNNING, started_at=AT)
    load([hauler()])
    killed.refresh_from_db()
    assert killed.state == ImportState.FAILED
    assert "interrupted" in killed.error


@pytest.mark.django_db(transaction=True)
def test_a_second_import_beside_a_running_one_is_refused(load: Load) -> None:
    other = psycopg.connect(**_where())
    try:
        other.execute("select pg_advisory_lock(%s)", [runs.LOCK])
        with pytest.raises(ImportBusy):
            load([hauler()])
        other.execute("select pg_advisory_unlock(%s)", [runs.LOCK])
        assert load([hauler()]).inserted == 1
    finally:
        other.close()


def _where() -> dict[str, Any]:
    return dict(connection.get_connection_params()) | {"cursor_factory": psycopg.Cursor, "context": None}
