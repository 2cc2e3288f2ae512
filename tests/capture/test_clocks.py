"""Clocks that are wrong, and the working time in which somebody has to try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.capture.models import Lead
from headhaul.capture.services.clocks import happened
from headhaul.capture.services.working_hours import after
from headhaul.kernel import Actor
from headhaul.pipeline.working_days import Calendar
from tests.capture.doing import captured
from tests.factories.market import NOON

CHICAGO = Calendar(ZoneInfo("America/Chicago"), (True,) * 5 + (False,) * 2, True, frozenset())


def test_a_clock_two_hours_fast_is_put_right() -> None:
    fast = NOON + timedelta(hours=2)
    when, note = happened(said=fast - timedelta(minutes=30), device_now=fast, at=NOON)
    assert when == NOON - timedelta(minutes=30)
    assert note == "The device's clock was 2 hours fast."


def test_a_clock_of_another_year_is_put_right() -> None:
    slow = NOON.replace(year=2019)
    when, note = happened(said=slow - timedelta(hours=4), device_now=slow, at=NOON)
    assert when == NOON - timedelta(hours=4)
    assert "days slow" in note


def test_a_clock_that_was_set_between_is_not_believed_into_the_future() -> None:
    when, note = happened(said=NOON + timedelta(days=3), device_now=NOON, at=NOON)
    assert when == NOON
    assert "in the future" in note


def test_what_is_too_long_ago_counts_from_now() -> None:
    when, note = happened(said=NOON - timedelta(days=400), device_now=NOON, at=NOON)
    assert when == NOON
    assert "too long ago" in note


def test_a_right_clock_is_not_talked_about() -> None:
    said = NOON - timedelta(hours=1)
    assert happened(said=said, device_now=NOON - timedelta(seconds=20), at=NOON) == (said, "")


times = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)).map(
    lambda t: t.replace(tzinfo=UTC)
)


@given(said=times, device_now=st.none() | times)
def test_nothing_ever_happened_in_the_future(said: datetime, device_now: datetime | None) -> None:
    when, note = happened(said=said, device_now=device_now, at=NOON)
    assert NOON - timedelta(days=60) <= when <= NOON
    if device_now is not None and abs(when - said) > timedelta(minutes=2):
        assert note


@pytest.mark.django_db
def test_a_lead_says_what_was_put_right(rosa: Actor) -> None:
    fast = NOON + timedelta(days=1)
    done = captured(rosa, capturedAt=fast.isoformat(), deviceNow=fast.isoformat())
    assert done.clock_note == "The device's clock was 1 day fast."
    assert Lead.objects.get(pk=done.lead_id).captured_at == NOON


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-20T15:00:00Z", 15, "2026-11-20T15:15:00Z"),  # 9:00 on a Friday
        ("2026-11-20T23:50:00Z", 15, "2026-11-23T14:05:00Z"),  # 17:50: ten minutes are left, then Monday
        ("2026-11-21T15:00:00Z", 60, "2026-11-23T15:00:00Z"),  # a Saturday at the booth
        ("2026-11-25T23:00:00Z", 120, "2026-11-27T15:00:00Z"),  # Thanksgiving lies between
        ("2026-11-20T10:00:00Z", 30, "2026-11-20T14:30:00Z"),  # before anybody is there
        ("2026-03-06T23:30:00Z", 60, "2026-03-09T13:30:00Z"),  # clocks went forward on the Sunday between
    ],
)
def test_minutes_pass_while_somebody_is_there(start: str, minutes: int, end: str) -> None:
    at = datetime.fromisoformat(start)
    assert after(at, minutes=minutes, calendar=CHICAGO, opens=8, closes=18) == datetime.fromisoformat(end)


@given(minutes=st.integers(1, 3_000), more=st.integers(0, 500), hours=st.integers(0, 24 * 30))
def test_more_minutes_are_never_sooner_and_never_out_of_hours(minutes: int, more: int, hours: int) -> None:
    at = NOON + timedelta(hours=hours)
    sooner = after(at, minutes=minutes, calendar=CHICAGO, opens=8, closes=18)
    later = after(at, minutes=minutes + more, calendar=CHICAGO, opens=8, closes=18)
    assert at < sooner <= later
    local = sooner.astimezone(CHICAGO.zone)
    assert CHICAGO.is_worked(local.date())
    assert 8 <= local.hour + local.minute / 60 <= 18
