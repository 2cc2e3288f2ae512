"""Cells into values: one strict parser per shape, nothing guessed."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.carriers.services.importing.asof import date_in_name
from headhaul.carriers.services.importing.batches import Batch
from headhaul.carriers.services.importing.fields import Columns, Unreadable, parse_date

TODAY = date(2026, 11, 22)
WRITTEN = {
    "YYYYMMDD": lambda d: f"{d:%Y%m%d}",
    "DD-MON-YY": lambda d: f"{d:%d-%b-%y}".upper(),
    "MM/DD/YYYY": lambda d: f"{d:%m/%d/%Y}",
    "M/D/YYYY": lambda d: f"{d.month}/{d.day}/{d.year}",
    "YYYY-MM-DD": lambda d: d.isoformat(),
}


def columns(**cells: list[str | None]) -> Columns:
    table = pa.table({name: pa.array(values, pa.string()) for name, values in cells.items()})
    return Columns(Batch(table, 0), dates="YYYYMMDD", today=TODAY)


@pytest.mark.parametrize("shape", WRITTEN)
@given(day=st.dates(date(1930, 1, 1), TODAY))
def test_a_date_comes_back_from_its_own_shape(shape: str, day: date) -> None:
    assert parse_date(WRITTEN[shape](day), shape, today=TODAY) == day


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("YYYYMMDD", "2025-01-31"),
        ("YYYYMMDD", "20250231"),
        ("YYYYMMDD", "01/31/2025"),
        ("YYYYMMDD", "31DEC2025"),
        ("MM/DD/YYYY", "20250131"),
        ("MM/DD/YYYY", "31/01/2025"),
        ("MM/DD/YYYY", "1/1/2025"),
        ("DD-MON-YY", "01-XXX-24"),
        ("YYYYMMDD", "18500101"),
        ("YYYYMMDD", "29990101"),
    ],
)
def test_another_shape_or_an_impossible_day_is_not_guessed(shape: str, text: str) -> None:
    with pytest.raises(Unreadable):
        parse_date(text, shape, today=TODAY)


def test_two_digit_years_lie_in_the_past() -> None:
    assert parse_date("01-JUN-74", "DD-MON-YY", today=TODAY) == date(1974, 6, 1)
    assert parse_date("01-JUN-26", "DD-MON-YY", today=TODAY) == date(2026, 6, 1)
    assert parse_date("01-JUN-27", "DD-MON-YY", today=TODAY) == date(1927, 6, 1)


def test_a_time_behind_the_date_and_a_date_of_zeros_are_usual() -> None:
    assert parse_date("20250131 0000", "YYYYMMDD", today=TODAY) == date(2025, 1, 31)
    assert parse_date("00000000", "YYYYMMDD", today=TODAY) is None


def test_blank_and_zero_stay_apart() -> None:
    assert columns(n=["0", None, "12", " 7 "]).integer("n").to_pylist() == [0, None, 12, 7]


def test_numbers_with_commas_and_empty_decimals_are_numbers() -> None:
    assert columns(n=["1,234,567", "12.0", "12."]).integer("n").to_pylist() == [1_234_567, 12, 12]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-3", "is negative"),
        ("12A", "should be a whole number"),
        ("0x10", "should be a whole number"),
        ("1.5", "should be a whole number"),
        ("1,23", "should be a whole number"),
        ("99999999999", "is above 2,147,483,647"),
    ],
)
def test_what_is_no_count_marks_its_row_with_the_reason(cell: str, reason: str) -> None:
    read = columns(n=["1", cell])
    assert read.integer("n").to_pylist() == [1, None]
    assert read.bad == {1: ("n", cell, reason)}


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("158121", 158121),
        ("00158121", 158121),
        (" 7 ", 7),
        ("0", 0),
        ("", 0),
        ("12A4", 0),
        ("0x1F", 0),
        ("0X1F", 0),
        ("123456789", 0),
        ("-5", 0),
    ],
)
def test_a_dot_number_is_one_to_eight_digits(cell: str, number: int) -> None:
    read = columns(dot=[cell or None])
    assert read.key("dot").tolist() == [number]
    assert bool(read.bad) == (number == 0)


def test_a_cell_that_is_too_long_or_holds_nul_marks_its_row() -> None:
    table = pa.table({"name": pa.array(["x" * 501, "A␀B", "C"])})
    read = Columns(Batch(table, 0, has_nul=True), dates="YYYYMMDD", today=TODAY)
    assert read.text("name").to_pylist() == ["", "", "C"]
    assert {row: reason for row, (_, _, reason) in read.bad.items()} == {
        0: "is longer than 500 characters",
        1: "holds a NUL character",
    }


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("census_20260914.csv", date(2026, 9, 14)),
        ("revocation_daily_2024_08_06_part.csv.gz", date(2024, 8, 6)),
        ("sms_2016Sep_part.csv", date(2016, 9, 30)),
        ("company_census_2025-11.csv.gz", date(2025, 11, 30)),
        ("census_2026-12.csv", TODAY),
        ("sample_2025.csv", None),
        ("crashes_2013_2015.csv", None),
        ("account_120260914.csv", None),
    ],
)
def test_the_day_in_a_files_name(name: str, day: date | None) -> None:
    assert date_in_name(name, today=TODAY) == day
