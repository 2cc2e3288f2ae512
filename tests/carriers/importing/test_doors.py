"""Imports from the command line, through the door and in the background."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from headhaul.actions import dispatch
from headhaul.actions.services import uploads
from headhaul.carriers.jobs import import_file
from headhaul.carriers.models import Carrier, Driver, ImportRun
from headhaul.kernel import Actor, AppError
from tests.carriers.conftest import AT
from tests.carriers.importing.census_files import hauler, text_of

pytestmark = pytest.mark.django_db
POOL = b"Candidate,Name,Zip,Equipment\n1,Ann,75201,van\n"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Any) -> None:
    settings.HEADHAUL_HOME = tmp_path


def ask(name: str, actor: Actor, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=AT, door="http").payload


def work_off() -> None:
    for job in ProcrastinateJob.objects.filter(task_name="import_file", status="todo"):
        import_file(**job.args)


def test_an_upload_is_imported_in_the_background(max_: Actor) -> None:
    rows = [hauler(), hauler(dot_number="12A")]
    upload = uploads.receive([text_of(rows).encode()], filename="census_2026-11-01.csv", by=max_, at=AT)
    queued = ask("importCarriers", max_, uploadId=str(upload.pk))
    assert ask("getImports", max_, runId=queued.run_id).items[0].state == "queued"
    work_off()
    run = ask("getImports", max_).items[0]
    assert (run.id, run.state, run.rows_read, run.inserted, run.rejected) == (queued.run_id, "succeeded", 2, 1, 1)
    assert (run.file_name, run.started_by, str(run.source_date)) == ("census_2026-11-01.csv", "Max", "2026-11-01")
    refused = ask("getImportRejects", max_, runId=queued.run_id).items
    assert [(row.line, row.field, row.value) for row in refused] == [("3", "dot_number", "12A")]


def test_a_pool_upload_takes_its_map_along(max_: Actor) -> None:
    upload = uploads.receive([POOL], filename="pool.csv", by=max_, at=AT)
    ask("importDrivers", max_, uploadId=str(upload.pk), map={"driver_id": "Candidate"}, replace=True)
    work_off()
    assert Driver.objects.get().driver_id == "1"
    assert "Personal columns, not read: name." in ask("getImports", max_).items[0].notes


def test_a_file_that_cannot_be_imported_says_so_on_its_run(max_: Actor) -> None:
    upload = uploads.receive([b"\x89PNG1234"], filename="x.csv", by=max_, at=AT)
    ask("importCarriers", max_, uploadId=str(upload.pk))
    work_off()
    run = ask("getImports", max_).items[0]
    assert (run.state, "PNG picture" in run.error) == ("failed", True)


def test_paths_of_the_server_are_not_read_through_a_door(max_: Actor, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("x")
    with pytest.raises(AppError) as refusal:
        ask("importCarriers", max_, path=str(tmp_path / "secret.csv"))
    assert refusal.value.code == "forbidden"
    for data in ({}, {"uploadId": "7f2c0c39-58b5-4b6c-9a08-0f4d2c8f2f15", "path": "x"}):
        with pytest.raises(AppError) as refusal:
            ask("importCarriers", max_, **data)
        assert refusal.value.code == "invalid_data"


def test_a_rep_may_not_import(rosa: Actor) -> None:
    with pytest.raises(AppError) as refusal:
        ask("importCarriers", rosa, uploadId="7f2c0c39-58b5-4b6c-9a08-0f4d2c8f2f15")
    assert refusal.value.code == "forbidden"


def test_the_command_line_imports_and_counts(tmp_path: Path) -> None:
    path = tmp_path / "census_2026-11-01.csv"
    path.write_text(text_of([hauler(), hauler(dot_number="2", power_units="-1")]), newline="")
    out = StringIO()
    call_command("import_carriers", path, stdout=out)
    assert "2 rows as of 2026-11-01: 1 new, 1 rejected." in out.getvalue()
    assert "rejected.csv" in out.getvalue()
    pool = tmp_path / "pool.csv"
    pool.write_bytes(POOL)
    call_command("import_drivers", pool, "--map", "driver_id=Candidate", stdout=out)
    assert "1 rows" in out.getvalue()
    Carrier.objects.update(segment="unknown")
    call_command("rederive_carriers", stdout=out)
    assert "1 carriers changed" in out.getvalue()


def test_the_command_line_says_what_is_wrong_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("")
    with pytest.raises(CommandError, match="is empty"):
        call_command("import_carriers", tmp_path / "x.csv")
    with pytest.raises(CommandError, match="FIELD=COLUMN"):
        call_command("import_drivers", tmp_path / "x.csv", "--map", "driver_id")


def test_runs_are_listed_page_by_page(max_: Actor) -> None:
    for number in range(5):
        ImportRun.objects.create(kind="carriers", file_name=f"{number}.csv", started_at=AT)
    first = ask("getImports", max_, limit=3)
    second = ask("getImports", max_, limit=3, cursor=first.next_cursor)
    names = [row.file_name for row in [*first.items, *second.items]]
    assert names == [f"{number}.csv" for number in (4, 3, 2, 1, 0)]
    assert {layout.key for layout in first.layouts} >= {
        "az4n",
        "kjg3",
        "cargo",
        "sms_crash",
        "sms_results",
        "revocation",
    }


MEASURE = """
import sys, resource
from pathlib import Path
from datetime import date
from headhaul.carriers.choices import CutOffs
from headhaul.carriers.services.importing.batches import Batches
from headhaul.carriers.services.importing.census import Census
from headhaul.carriers.services.importing.fields import Columns
from headhaul.carriers.services.importing.layouts import detect
from headhaul.carriers.services.importing.streams import SourceFile
with SourceFile(Path(sys.argv[1])) as source:
    batches = Batches(source)
    layout = detect(batches.names, file_name="x")
    kind = Census(layout, batches.names, today=date(2026, 11, 22), cut_offs=CutOffs())
    peaks = []
    for batch in batches.read(kind.wanted):
        kind.normalise(Columns(batch, dates=layout.dates, today=date(2026, 11, 22)))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
print(len(peaks), peaks[2], peaks[-1], batches.rows)
"""


@pytest.mark.slow
def test_memory_stays_flat_however_long_the_file(tmp_path: Path) -> None:
    path = tmp_path / "census.csv"
    header, row = text_of([hauler(dot_number="@@")]).split("\r\n")[:2]
    with path.open("w") as file:
        file.write(header + "\n")
        for number in range(1, 300_001):
            file.write(row.replace("@@", str(number)) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{MEASURE}", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    pieces, early, late, rows = map(int, done.stdout.split())
    assert (rows, pieces > 10) == (300_000, True)
    assert late - early < 60, "megabytes more at the end than after the first pieces"
