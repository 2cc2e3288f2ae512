"""Pool files of any shape into drivers, without anything personal."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.models import Driver, ImportRun
from headhaul.carriers.services.drivers.importing import import_drivers
from headhaul.kernel import SYSTEM
from tests.carriers.conftest import AT
from tests.carriers.importing.test_census import counts, report

pytestmark = pytest.mark.django_db
Load = Callable[..., ImportRun]

ROW = {
    "driver_id": "D-1",
    "home_zip": "75201",
    "home_state": "TX",
    "cdl_class": "A",
    "endorsements": "HN",
    "years_experience": "3.5",
    "equipment": "Reefer; Dry Van",
    "job_types": "otr;regional",
    "available_from": "2026-12-01",
    "last_active_at": "2026-11-20T08:30:00Z",
    "status": "active",
}


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def run(content: bytes | str | list[dict[str, str]], name: str = "pool.csv", **how: Any) -> ImportRun:
        if isinstance(content, list):
            out = io.StringIO()
            writer = csv.DictWriter(out, list(dict.fromkeys(key for row in content for key in row)))
            writer.writeheader()
            writer.writerows(content)
            content = out.getvalue()
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_drivers(path=path, by=SYSTEM, at=AT, reports=tmp_path / "reports", **how)

    return run


def one() -> dict[str, Any]:
    return Driver.objects.values().get()


def test_every_fact_arrives(load: Load) -> None:
    assert counts(load([ROW])) == {"inserted": 1}
    driver = Driver.objects.get()
    assert (driver.driver_id, driver.home_zip, driver.zip3, driver.home_state) == ("D-1", "75201", 752, "TX")
    assert (driver.cdl_class, driver.endorsements, float(driver.years or 0)) == ("A", "HN", 3.5)
    assert (driver.equipment_mask, driver.job_mask) == (0b11, 0b1100)
    assert (driver.available_from, driver.last_active_on) == (date(2026, 12, 1), date(2026, 11, 20))
    assert (driver.status, driver.added_on) == ("active", AT.date())


JSON_ROW = ROW | {"equipment": ["Reefer", "Dry Van"], "job_types": ["otr", "regional"], "years_experience": 3.5}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (json.dumps([JSON_ROW]), "pool.json"),
        (json.dumps({"exported": "today", "drivers": [JSON_ROW]}), "pool.json"),
        (json.dumps(JSON_ROW) + "\n\n", "pool.jsonl"),
        (gzip.compress(json.dumps([JSON_ROW], indent=2).encode()), "pool.json.gz"),
        (json.dumps([JSON_ROW]).encode("utf-16"), "pool.json"),
        ("\t".join(ROW) + "\n" + "\t".join(ROW.values()), "pool.tsv"),
    ],
    ids=["array", "wrapped array", "lines", "gz", "utf-16", "tabs"],
)
def test_the_same_driver_in_every_dress(load: Load, content: bytes | str, name: str) -> None:
    load([ROW])
    before = one()
    assert counts(load(content, name)) == {"unchanged": 1}
    assert one() == before


def test_parquet_with_typed_columns(load: Load, tmp_path: Path) -> None:
    load([ROW])
    table = pa.table(
        {name: [value] for name, value in ROW.items()}
        | {"years_experience": [3.5], "available_from": pa.array([date(2026, 12, 1)]), "last_active_at": [AT]}
    )
    pq.write_table(table, tmp_path / "p.parquet")
    assert counts(load((tmp_path / "p.parquet").read_bytes(), "pool.parquet")) == {"updated": 1}
    assert Driver.objects.get().last_active_on == AT.date()


def test_personal_columns_are_not_read_and_named(load: Load) -> None:
    personal = {
        "First Name": "Ann",
        "E-mail": "ann@example.com",
        "Cell Phone": "555",
        "SSN": "123-45-6789",
        "DOB": "1980",
    }
    run = load([ROW | personal | {"shoe_size": "41"}])
    notes = "\n".join(run.notes)
    assert "Personal columns, not read: cell_phone, dob, e_mail, first_name, ssn." in notes
    assert "Columns without a use here, not read: shoe_size." in notes
    assert "Ann" not in json.dumps({**one(), "years": 0}, default=str)


@pytest.mark.parametrize(
    "key",
    ["ann@example.com", "123-45-6789", "214-555-0100", "(214) 555-0100", "+12145550100", "Ann Lee", "Núñez, José M."],
)
def test_an_id_that_is_personal_is_refused(load: Load, key: str) -> None:
    run = load([ROW, ROW | {"driver_id": key}])
    assert counts(run) == {"inserted": 1, "rejected": 1}
    report = Path(run.rejects_path).read_text(encoding="utf-8")
    assert "ids may not be personal" in report
    assert key not in report
    with Path(run.rejects_path).open(encoding="utf-8", newline="") as file:
        assert [row["value"] for row in csv.DictReader(file)] == [""]


@pytest.mark.parametrize("key", ["D-1041", "2145550100", "driver 17", "TX-75201-0004", "9f1a12f7-e080-42a2"])
def test_an_id_that_only_resembles_one_is_taken(load: Load, key: str) -> None:
    assert counts(load([ROW | {"driver_id": key}])) == {"inserted": 1}


def test_hazmat_tank_is_both_and_words_are_letters(load: Load) -> None:
    load(
        [
            ROW | {"driver_id": str(n), "endorsements": text}
            for n, text in enumerate(["X", "tanker, hazmat", "H/T/N", "none"])
        ]
    )
    assert list(Driver.objects.order_by("pk").values_list("endorsements", flat=True)) == ["HN", "HN", "HNT", ""]


def test_words_for_equipment_and_unknown_ones_are_reported(load: Load) -> None:
    said = ["step deck|hovercraft", "LOWBOY", "Box Truck", "hovercraft", "Tankers", "53' van"]
    run = load([ROW | {"driver_id": str(n), "equipment": text} for n, text in enumerate(said)])
    assert list(Driver.objects.order_by("pk").values_list("equipment_mask", flat=True)) == [4, 8, 1, 0, 16, 1]
    assert any("hovercraft (2)" in note for note in run.notes)


def test_columns_are_found_by_other_names_or_by_a_map(load: Load) -> None:
    row = {"Candidate #": "7", "Zip": "8055", "License Class": "Class A", "Trailer Types": "van", "Where": "x"}
    with pytest.raises(ImportRefused, match="no column for driver_id"):
        load([row])
    load([row], mapping={"driver_id": "Candidate #"})
    driver = Driver.objects.get()
    assert (driver.driver_id, driver.home_zip, driver.home_state, driver.cdl_class) == ("7", "08055", "NJ", "A")


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"shoe": "Zip"}, "no field shoe"),
        ({"driver_id": "Nothing"}, "no column Nothing"),
        ({"driver_id": "Email"}, "personal data"),
    ],
)
def test_a_map_that_cannot_be_is_refused(load: Load, mapping: dict[str, str], says: str) -> None:
    with pytest.raises(ImportRefused, match=says):
        load([{"Zip": "75201", "Email": "a@b.co", "equipment": "van", "id": "1"}], mapping=mapping)


def test_refused_rows_are_reported(load: Load) -> None:
    bad = [
        {"driver_id": ""},
        {"cdl_class": "Q"},
        {"years_experience": "-2"},
        {"years_experience": "300"},
        {"home_state": "Nowhere"},
        {"last_active_at": "2031-01-01"},
        {"available_from": "soon"},
        {"status": "asleep"},
        {"driver_id": "x" * 600},
    ]
    run = load([ROW] + [ROW | {"driver_id": f"B{n}"} | change for n, change in enumerate(bad)])
    assert counts(run) == {"inserted": 1, "rejected": 9}
    assert [row["reason"] for row in report(run)] == [
        "is blank",
        "should be A, B, C or none",
        "should be 0 to 60 years",
        "should be 0 to 60 years",
        "should be a state, like TX",
        "lies in the future",
        "should be a date like 2026-11-22 or 11/22/2026",
        "should be one of active, placed, do_not_contact, inactive",
        "is longer than 500 characters",
    ]
    assert [row["line"] for row in report(run)] == [str(n) for n in range(3, 12)]


def test_of_two_rows_with_one_id_the_later_counts(load: Load) -> None:
    assert counts(load([ROW, ROW | {"home_zip": "10001", "home_state": "NY"}])) == {"inserted": 1, "duplicates": 1}
    assert Driver.objects.get().home_state == "NY"


def test_a_new_file_adds_and_updates_and_replacing_also_takes_away(load: Load) -> None:
    load([ROW | {"driver_id": name} for name in "abc"])
    assert counts(load([ROW | {"driver_id": "b", "years_experience": "9"}, ROW | {"driver_id": "d"}])) == {
        "inserted": 1,
        "updated": 1,
    }
    run = load([ROW | {"driver_id": "d"}], replace=True)
    assert (counts(run), run.removed) == ({"unchanged": 1}, 3)
    assert set(Driver.objects.values_list("pk", flat=True)) == {"d"}


def test_columns_that_a_file_lacks_leave_the_facts_alone(load: Load) -> None:
    load([ROW])
    assert counts(load([{"driver_id": "D-1", "home_state": "OK", "equipment": "bus"}])) == {"updated": 1}
    driver = Driver.objects.get()
    assert (driver.home_state, driver.equipment_mask, driver.endorsements) == ("OK", 512, "HN")


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("", "p.csv", "is empty"),
        ("driver_id,home_zip,equipment\n", "p.csv", "has no rows"),
        ("[]", "p.json", "holds no drivers"),
        ("[1, 2]", "p.json", "is no object"),
        ('[{"driver_id": "1"', "p.json", "cut"),
        ('{"driver_id": "1"}\n{"driver_id": \n', "p.jsonl", "Line 2"),
        ('{"a": ' * 2000, "p.json", "JSON"),
        ("[" * 100_000, "p.json", "nested more than"),
        ('{"drivers":\n [' + '{"a": [[1]],"b": ' * 100_000, "p.json", "nested more than"),
        (json.dumps([ROW | {"equipment": ["reefer"] * 5_000}]), "p.json", "more than 2,000 values"),
        (json.dumps([ROW]).replace("}]", ""), "p.json", "cut"),
        ('{"name": "x", "age": 3}', "p.json", "no column for driver_id"),
        (b"\x89PNG" + bytes(99), "p.csv", "PNG"),
        (gzip.compress(b"driver_id,home_zip,equipment\n" * 999)[:-9], "p.csv.gz", "cut"),
    ],
    ids=[
        "empty",
        "no rows",
        "empty array",
        "numbers",
        "cut",
        "bad line",
        "deep",
        "bottomless array",
        "bottomless objects",
        "endless entry",
        "cut array",
        "people",
        "png",
        "cut gz",
    ],
)
def test_a_wrong_file_changes_nothing(load: Load, content: bytes | str, name: str, says: str) -> None:
    with pytest.raises(ImportRefused, match=says):
        load(content, name)
    assert not Driver.objects.exists()
    assert ImportRun.objects.get().state == "failed"
