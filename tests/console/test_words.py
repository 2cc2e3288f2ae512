"""Numbers, days and names as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from headhaul.console.ui import words

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_what_is_not_known_is_a_dash_and_never_zero() -> None:
    assert words.number(None) == "–"
    assert words.number(0) == "0"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (NOON - timedelta(seconds=30), "just now"),
        (NOON - timedelta(minutes=71), "1 hour ago"),
        (NOON - timedelta(days=2), "2 days ago"),
        (NOON + timedelta(hours=3), "in 3 hours"),
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 21), "yesterday"),
        (None, "–"),
    ],
)
def test_how_long_ago(value: datetime | date | None, written: str) -> None:
    assert words.ago(value, NOON) == written


def test_a_moment_is_written_in_the_readers_zone() -> None:
    assert words.moment(NOON, ZoneInfo("America/Chicago")) == "22 Nov 2026, 06:00 CST"


def test_a_day_just_after_midnight_is_the_readers_day() -> None:
    late = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert words.day(late, ZoneInfo("America/Denver")) == "21 Nov 2026"


@pytest.mark.parametrize(
    ("register", "readable"),
    [
        ("LONE STAR LIQUID TRANSPORT CO., LLC", "Lone Star Liquid Transport Co., LLC"),
        ("J.B. HUNT", "J.B. Hunt"),
        ("R&L CARRIERS", "R&L Carriers"),
        ("O'NEIL & SONS", "O'Neil & Sons"),
        ("SMITH-JONES OF TEXAS", "Smith-Jones of Texas"),
        ("Already Written LLC", "Already Written LLC"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_name_in_capitals_is_written_as_a_company_would(register: str | None, readable: str) -> None:
    assert words.proper(register) == readable


@pytest.mark.parametrize(
    ("digits", "written"),
    [("5125550100", "(512) 555-0100"), ("15125550100", "(512) 555-0100"), ("+52 55 1234", "+52 55 1234"), (None, "")],
)
def test_telephone_numbers(digits: str | None, written: str) -> None:
    assert words.telephone(digits) == written


@pytest.mark.parametrize(
    ("seconds", "written"), [(0.42, "0.4 s"), (12, "12 s"), (185, "3 min 5 s"), (7800, "2 h 10 min"), (None, "–")]
)
def test_lengths_of_time(seconds: float | None, written: str) -> None:
    assert words.duration(seconds) == written


def test_counts_bring_their_noun() -> None:
    assert [words.plural(1, "driver"), words.plural(1200, "driver"), words.plural(2, "company", "companies")] == [
        "1 driver",
        "1,200 drivers",
        "2 companies",
    ]


def test_signed_numbers_use_a_true_minus() -> None:
    assert [words.signed(3), words.signed(-4.4), words.signed(0)] == ["+3", "−4", "0"]
