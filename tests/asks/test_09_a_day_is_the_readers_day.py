"""A date filter begins and ends at the reader's midnight, also where clocks change; one function says what today is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

import headhaul
from headhaul.accounts.models import Account
from headhaul.actions import dispatch
from headhaul.kernel import Actor
from headhaul.kernel.days import resolved, start_of, today
from headhaul.security.models import User

ZONES = st.sampled_from(sorted(available_timezones()))
DAYS = st.dates(date(1990, 1, 1), date(2037, 12, 30))


@given(day=DAYS, zone=ZONES)
def test_a_day_begins_where_the_calendar_turns(day: date, zone: str) -> None:
    there = ZoneInfo(zone)
    start = start_of(day, zone=there)
    assert today(at=start - timedelta(microseconds=1), zone=there) < day <= today(at=start, zone=there)


@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 30)), zone=ZONES, days=st.integers(-900, 900))
def test_relative_days_count_from_the_readers_today(at: datetime, zone: str, days: int) -> None:
    instant, there = at.replace(tzinfo=UTC), ZoneInfo(zone)
    found = resolved(f"{days:+d}d", at=instant, zone=there)
    assert found - today(at=instant, zone=there) == timedelta(days=days)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "found"),
    [("America/Los_Angeles", 1), ("UTC", 0), ("Asia/Tokyo", 0)],
)
def test_late_on_the_30th_in_los_angeles_is_still_september(rosa: Actor, zone: str, found: int) -> None:
    quarter_border = datetime(2026, 10, 1, 3, tzinfo=UTC)  # 20:00 on 30 September in Los Angeles
    Account.objects.create(name="Late", created_at=quarter_border, updated_at=quarter_border)
    asked = {"createdAfter": "2026-07-01", "createdBefore": "2026-10-01"}

    def matching(**more: str) -> int:
        reply = dispatch("listAccounts", asked | more, actor=rosa, at=quarter_border, door="http")
        return int(reply.payload.total)

    assert matching(zone=zone) == found
    User.objects.filter(pk=rosa.user_id).update(timezone=zone)
    assert matching() == found


def test_nothing_in_the_lists_takes_its_own_today() -> None:
    lists = Path(headhaul.__file__).parent / "accounts"
    own = [
        path
        for path in [
            *lists.glob("selectors/**/*.py"),
            *lists.glob("services/exporting.py"),
            *lists.glob("services/bulk/*.py"),
        ]
        if re.search(r"\.date\(\)|date\.today", path.read_text())
    ]
    assert own == []
