"""Census files into carriers: every fact, once, the newest, and nothing else touched."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.carriers.models import Carrier, CarrierFiling, CarrierSource, ImportRun
from headhaul.carriers.services.equipment import cargo_classes
from headhaul.carriers.services.importing import streams
from headhaul.carriers.services.importing.carriers import import_carriers
from headhaul.kernel import SYSTEM
from tests.carriers.conftest import AT
from tests.carriers.importing import slow_reader
from tests.carriers.importing.census_files import AZ4N_COLUMNS, KJG3_COLUMNS, hauler, text_of

pytestmark = pytest.mark.django_db
Load = Callable[..., ImportRun]


def counts(run: ImportRun) -> dict[str, int]:
    names = ("inserted", "updated", "unchanged", "older", "duplicates", "rejected")
    assert run.rows_read == sum(getattr(run, name) for name in names)
    return {name: getattr(run, name) for name in names if getattr(run, name)}


def report(run: ImportRun) -> list[dict[str, str]]:
    with Path(run.rejects_path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_fact_of_a_row_arrives(load: Load) -> None:
    run = load([hauler()])
    carrier = Carrier.objects.get(pk=158121)
    assert counts(run) == {"inserted": 1}
    assert (carrier.legal_name, carrier.phy_zip, carrier.zip3) == ("BLUE RIVER FREIGHT LLC", "75201", 752)
    assert (carrier.power_units, carrier.total_cdl, carrier.owned_tractors) == (40, 38, 35)
    assert (carrier.mcs150_date, carrier.add_date) == (date(2025, 3, 1), date(2001, 6, 15))
    assert (carrier.authorized_for_hire, carrier.private_only, carrier.hm) == (True, False, False)
    assert (carrier.phone, carrier.dockets) == ("+12145550100", "MC421775:A")
    assert (carrier.source, carrier.source_date) == ("az4n", date(2026, 11, 1))


def test_what_follows_from_the_facts_is_worked_out(load: Load) -> None:
    load([hauler()])
    carrier = Carrier.objects.get()
    assert carrier.equipment == ["dry_van", "reefer"]
    assert carrier.jobs == ["otr"]
    assert (carrier.segment, carrier.effective_units, carrier.cdl_level) == ("regional", 40, 2)


def test_blank_and_zero_are_different_facts(load: Load) -> None:
    load([hauler(dot_number="1", power_units="", total_drivers=""), hauler(dot_number="2", power_units="0")])
    blank, zero = Carrier.objects.order_by("pk")
    assert (blank.power_units, blank.effective_units, blank.segment) == (None, None, "unknown")
    assert (zero.power_units, zero.effective_units, zero.segment) == (0, 42, "regional")


def test_absurd_sizes_are_kept_and_not_believed(load: Load) -> None:
    load([hauler(power_units="45001", total_drivers="2")])
    carrier = Carrier.objects.get()
    assert (carrier.power_units, carrier.effective_units, carrier.segment) == (45001, 2, "owner_operator")


@pytest.mark.parametrize(
    ("state", "country", "written", "kept", "area"),
    [
        ("NJ", "US", "8055", "08055", 80),
        ("MN", "US", "55921-1797", "55921", 559),
        ("MN", "US", "559211797", "55921", 559),
        ("MA", "US", "21391797", "02139", 21),
        ("PR", "US", "901", "00901", 9),
        ("TX", "", "75201", "75201", 752),
        ("TX", "US", "SEE BELOW", "SEE BELOW", None),
        ("ON", "CA", "K1A 0B1", "K1A 0B1", None),
        ("NL", "MX", "64000", "64000", None),
        ("ON", "", "12345", "12345", None),
    ],
)
def test_zip_codes_as_files_write_them(
    load: Load, state: str, country: str, written: str, kept: str, area: int | None
) -> None:
    load([hauler(phy_state=state, phy_country=country, phy_zip=written)])
    assert Carrier.objects.values_list("phy_zip", "zip3").get() == (kept, area)


def test_the_same_file_again_changes_nothing(load: Load) -> None:
    rows = [hauler(dot_number=str(n)) for n in range(1, 50)]
    load(rows)
    before = list(Carrier.objects.order_by("pk").values())
    assert counts(load(rows)) == {"unchanged": 49}
    assert list(Carrier.objects.order_by("pk").values()) == before


def test_the_same_facts_in_another_dress_change_nothing(load: Load, load_file: Load, tmp_path: Path) -> None:
    rows = [hauler(dot_number=str(n), legal_name=f"PEÑA {n}") for n in range(1, 9)]
    load(rows)
    turned = tuple(reversed(AZ4N_COLUMNS))
    wide = tmp_path / "census_2026-11-01.csv.gz"
    wide.write_bytes(
        gzip.compress(text_of(rows, columns=turned, delimiter="\t", quoting=csv.QUOTE_ALL).encode("utf-16"))
    )
    assert counts(load_file(wide)) == {"unchanged": 8}
    table = pa.table({column: [row.get(column) or None for row in rows] for column in turned})
    pq.write_table(table, tmp_path / "census_2026-11-01.parquet")
    assert counts(load_file(tmp_path / "census_2026-11-01.parquet")) == {"unchanged": 8}


def test_typed_parquet_columns_say_the_same(load: Load, load_file: Load, tmp_path: Path) -> None:
    rows = [hauler(dot_number="1"), hauler(dot_number="2", power_units="", mcs150_date="")]
    load(rows)
    table = pa.table({column: [row.get(column) or None for row in rows] for column in AZ4N_COLUMNS})
    typed = {
        "dot_number": pa.array([1, 2]),
        "power_units": pa.array([40.0, float("nan")]),
        "total_drivers": pa.array([42, 42], pa.int16()),
        "mcs150_date": pa.array([date(2025, 3, 1), None]),
    }
    for name, array in typed.items():
        table = table.set_column(table.column_names.index(name), name, array)
    pq.write_table(table, tmp_path / "census_2026-11-01.parquet")
    assert counts(load_file(tmp_path / "census_2026-11-01.parquet")) == {"unchanged": 2}


def test_only_rows_that_changed_are_written(load: Load) -> None:
    rows = [hauler(dot_number=str(n)) for n in range(1, 6)]
    load(rows)
    rows[2] = hauler(dot_number="3", power_units="55")
    assert counts(load(rows, "2026-11-02")) == {"updated": 1, "unchanged": 4}
    assert Carrier.objects.get(pk=3).source_date == date(2026, 11, 2)
    assert Carrier.objects.get(pk=1).source_date == date(2026, 11, 1)
    assert set(CarrierSource.objects.values_list("seen_on", flat=True)) == {date(2026, 11, 2)}


def test_an_older_file_does_not_overwrite_newer_facts(load: Load) -> None:
    load([hauler(power_units="60")], "2026-11-02")
    assert counts(load([hauler(power_units="40"), hauler(dot_number="2")], "2026-10-02")) == {"older": 1, "inserted": 1}
    assert Carrier.objects.get(pk=158121).power_units == 60


def test_a_former_filing_is_kept_when_a_newer_one_arrives(load: Load) -> None:
    load([hauler(power_units="40")])
    load([hauler(power_units="60", mcs150_date="20260301", dba_name="NEW")], "2026-11-02")
    load([hauler(power_units="61", mcs150_date="20260301")], "2026-11-03")
    assert list(CarrierFiling.objects.values_list("mcs150_date", "power_units")) == [(date(2025, 3, 1), 40)]


def test_of_two_rows_the_newer_filing_counts_and_the_other_is_reported(load: Load) -> None:
    run = load(
        [
            hauler(power_units="70", mcs150_date="20260101"),
            hauler(power_units="71", mcs150_date="20250101"),
            hauler(power_units="72", mcs150_date=""),
        ]
    )
    assert counts(run) == {"inserted": 1, "duplicates": 2}
    assert Carrier.objects.get().power_units == 70
    assert [row["row"] for row in report(run)] == ["2", "3"]


def test_refused_rows_are_reported_with_line_field_value_and_reason(load: Load) -> None:
    run = load(
        [
            hauler(dot_number="USDOT 12A4"),
            hauler(dot_number="2", legal_name="TWO\nLINES"),
            hauler(dot_number="3", power_units="-3"),
            hauler(dot_number="4", mcs150_date="20251399"),
            hauler(dot_number="5", legal_name="X" * 1_000_000),
            hauler(dot_number="6", legal_name="=HYPERLINK()", total_drivers="=1+1"),
        ]
    )
    assert counts(run) == {"inserted": 1, "rejected": 5}
    assert Carrier.objects.get().legal_name == "TWO LINES"
    found = [(row["line"], row["row"], row["field"], row["value"][:16], row["reason"]) for row in report(run)]
    assert found == [
        ("2", "1", "dot_number", "USDOT 12A4", "should be a USDOT number of 1 to 8 digits"),
        ("5", "3", "power_units", "'-3", "is negative"),
        ("6", "4", "mcs150_date", "20251399", "is not a day of the calendar"),
        ("7", "5", "legal_name", "X" * 16, "is longer than 500 characters"),
        ("8", "6", "total_drivers", "'=1+1", "should be a whole number"),
    ]
    assert max(len(row["value"]) for row in report(run)) < 120
    assert "1 rows: power_units is negative" in run.notes


def test_rows_with_nul_are_refused_and_the_others_taken(load_file: Load, tmp_path: Path) -> None:
    text = text_of([hauler(dot_number="1", legal_name="A\0B"), hauler(dot_number="2")])
    path = tmp_path / "census_2026-11-01.csv"
    path.write_bytes(text.encode())
    run = load_file(path)
    assert counts(run) == {"inserted": 1, "rejected": 1}
    assert report(run)[0]["reason"] == "holds a NUL character"


def kjg3_row(**changes: str) -> dict[str, str]:
    row = {
        "dot_number": "158121", "legal_name": "BLUE RIVER FREIGHT LLC", "phy_city": "DALLAS", "phy_state": "TX",
        "phy_zip": "75201", "phy_country": "US", "carrier_operation": "A", "hm_flag": "false", "pc_flag": "false",
        "nbr_power_unit": "44", "driver_total": "45", "mcs150_date": "01-MAR-26", "add_date": "15-JUN-01",
        "authorized_for_hire": "true", "private_property": "FALSE", "us_mail": "N", "op_other": "N",
    }  # fmt: skip
    return row | changes


def test_the_sms_census_updates_what_it_knows_and_leaves_the_rest(load: Load) -> None:
    load([hauler()])
    assert counts(load([kjg3_row()], "2026-11-05", columns=KJG3_COLUMNS)) == {"updated": 1}
    carrier = Carrier.objects.get()
    assert (carrier.power_units, carrier.mcs150_date, carrier.source) == (44, date(2026, 3, 1), "kjg3")
    assert (carrier.owned_tractors, carrier.equipment, carrier.dockets) == (35, ["dry_van", "reefer"], "MC421775:A")
    assert carrier.classdef == "AUTHORIZED FOR HIRE"


def test_on_the_same_day_the_richer_census_wins(load: Load) -> None:
    load([hauler()])
    assert counts(load([kjg3_row()], "2026-11-01", columns=KJG3_COLUMNS)) == {"older": 1}


def test_a_census_without_cargo_does_not_take_known_cargo_away(load: Load) -> None:
    load([hauler()])
    load([hauler(crgo_genfreight="", crgo_coldfood="", dba_name="NEW NAME")], "2026-11-02")
    carrier = Carrier.objects.get()
    assert (carrier.dba_name, carrier.cargo_known, carrier.equipment) == ("NEW NAME", True, ["dry_van", "reefer"])


FLAGS = [each.column for each in cargo_classes()]
blank_or = lambda strategy: st.one_of(st.just(""), strategy)  # noqa: E731
counts_as_text = blank_or(st.integers(0, 50_000).map(str))
days = blank_or(st.dates(date(1980, 1, 1), date(2026, 11, 1)).map(lambda day: f"{day:%Y%m%d}"))
names = st.text(st.characters(codec="utf-8", categories=["Lu", "Nd", "Po"]), max_size=10).map(
    lambda text: text.replace("␀", "")
)
rows = st.fixed_dictionaries(
    {
        "dot_number": st.one_of(
            st.integers(1, 40).map(str), st.sampled_from(["", "0", "12A", "00000007", "999999999"])
        ),
        "legal_name": names,
        "dba_name": names,
        "phy_state": st.sampled_from(["TX", "NJ", "ON", ""]),
        "phy_country": st.sampled_from(["US", "CA"]),
        "phy_zip": st.sampled_from(["75201", "8055", "55921-1797", "559211797", "", "K1A 0B1"]),
        "status_code": st.sampled_from(["A", "I"]),
        "carrier_operation": st.sampled_from(["A", "B", "C", ""]),
        "hm_ind": st.sampled_from(["Y", "N", ""]),
        "classdef": st.sampled_from(
            ["", "AUTHORIZED FOR HIRE", "PRIVATE PROPERTY", "AUTHORIZED FOR HIRE;PRIVATE PROPERTY"]
        ),
        "power_units": st.one_of(counts_as_text, st.just("-1"), st.just("12X")),
        "total_drivers": counts_as_text,
        "owntract": counts_as_text,
        "mcs150_mileage": counts_as_text,
        "mcs150_mileage_year": st.sampled_from(["", "0", "2024", "20245"]),
        "mcs150_date": st.one_of(days, st.just("20250231")),
        "add_date": days,
        "docket1": st.sampled_from(["", "421775"]),
        "docket1prefix": st.just("MC"),
        "docket1_status_code": st.just("A"),
        **{flag: st.sampled_from(["", "", "X"]) for flag in FLAGS},
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.lists(rows, min_size=1, max_size=30), piece=st.sampled_from([700, 4000, 4 << 20]))
def test_any_census_arrives_as_a_slow_reader_reads_it(tmp_path: Path, table: list[dict[str, str]], piece: int) -> None:
    Carrier.objects.all().delete()
    CarrierSource.objects.all().delete()
    text = text_of(table)
    expected = slow_reader.read(text)
    path = tmp_path / "census_2026-11-01.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams.SourceFile.read, "__defaults__", (piece,))
        if expected:
            counts(import_carriers(path=path, by=SYSTEM, at=AT))
    stored: dict[int, dict[str, Any]] = {
        row.pop("dot_number"): row for row in Carrier.objects.values("dot_number", *slow_reader.COMPARED)
    }
    assert stored == expected
