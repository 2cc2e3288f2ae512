"""Hours: in every zone and state at once, over the nights on which clocks change, and what they leave of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from headhaul.compliance.judging import clocks
from headhaul.compliance.judging.firm import Firm
from headhaul.compliance.judging.rules import Rules, current, text
from headhaul.compliance.judging.schedules import Schedule
from headhaul.compliance.judging.windows import closes_at, hours_of, is_open, next_allowed
from headhaul.compliance.judging.words import Held
from headhaul.kernel.zones import of_state
from tests.compliance.judging.cases import facts, judged, rules_of
from tests.compliance.judging.chance import EDGES, MAINLAND
from tests.compliance.judging.oracle import Oracle
from tests.compliance.judging.zone_files import offsets_of

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
)  # fmt: skip
ALASKA, HAWAII, ARIZONA = "America/Anchorage", "Pacific/Honolulu", "America/Phoenix"
TERRITORIES = ("America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago")
US48 = (EASTERN, CENTRAL, MOUNTAIN, ARIZONA, PACIFIC)
US50 = (*US48, ALASKA, HAWAII)
TEN = (*US50, "America/Vancouver", "America/Edmonton", "America/Boise")
WINTER, SUMMER = date(2026, 12, 15), date(2026, 7, 15)
SPLIT = ("AK", "FL", "ID", "IN", "KS", "KY", "MI", "NE", "ND", "OR", "SD", "TN", "TX")


def of_text(zones: tuple[str, ...], states: tuple[str, ...], at: datetime) -> Schedule:
    """The hours of texts under the shipped rules."""
    return hours_of(zones, states, ("US",), "sms", at=at, firm=Firm(), rules=current())


def open_minutes(
    zones: tuple[str, ...], states: tuple[str, ...], day: datetime, law: Rules, **mine: object
) -> list[bool]:
    """For every minute from a moment on, over a day, whether a text may go."""
    firm = Firm.of(mine)
    hours = hours_of(zones, states, ("US",), "sms", at=day, firm=firm, rules=law)
    return [is_open(hours, zones, at=day + timedelta(minutes=minute)) for minute in range(1440)]


def bare() -> Rules:
    """The rules without our own margins."""
    words = (
        text().replace("opens_minutes = 5", "opens_minutes = 0").replace("closes_minutes = 15", "closes_minutes = 0")
    )
    return Rules.load(words)


@pytest.mark.parametrize(
    ("zones", "states", "winter_utc", "hours_with_utc"),
    [
        ((EASTERN,), ("NY",), ("13:00", "02:00"), (8, 9)),
        ((CENTRAL,), ("MO",), ("14:00", "03:00"), (7, 8)),
        ((MOUNTAIN,), ("CO",), ("15:00", "04:00"), (6, 7)),
        ((ARIZONA,), ("AZ",), ("15:00", "04:00"), (6, 6)),
        ((PACIFIC,), ("CA",), ("16:00", "05:00"), (5, 6)),
        ((ALASKA,), ("AK",), ("17:00", "06:00"), (4, 5)),
        ((HAWAII,), ("HI",), ("18:00", "07:00"), (3, 3)),
        (US48, ("NY",), ("16:00", "02:00"), (5, 6)),
        (US50, ("NY",), ("18:00", "02:00"), (3, 3)),
        ((*US50, *TERRITORIES), ("NY",), ("22:00", "01:00"), (0, 0)),
        (US50, (), ("20:00", "23:00"), (1, 1)),
    ],
)
def test_what_the_hours_leave_of_a_day(
    zones: tuple[str, ...], states: tuple[str, ...], winter_utc: tuple[str, str], hours_with_utc: tuple[int, int]
) -> None:
    """In winter, and in winter and summer with the window in UTC on top. The last row knows no state."""
    law = bare()
    noon = datetime.combine(WINTER, time(12), UTC)
    day = open_minutes(zones, states, noon, law)
    first, last = day.index(True), 1440 - day[::-1].index(True)
    assert all(day[first:last])
    assert tuple(f"{noon + timedelta(minutes=minute):%H:%M}" for minute in (first, last)) == winter_utc
    for on, hours in zip((WINTER, SUMMER), hours_with_utc, strict=True):
        left = open_minutes(zones, states, datetime.combine(on, time(0), UTC), law, platform_quiet="utc")
        assert sum(left) == hours * 60


@pytest.mark.parametrize(
    ("zones", "states"), [((CENTRAL,), ("TX",)), ((CENTRAL, PACIFIC), ("TX", "CA")), (US50, ()), ((EASTERN,), ("FL",))]
)
@pytest.mark.parametrize("day", [WINTER, SUMMER, date(2026, 11, 1)])
def test_hours_end_at_the_first_minute_that_is_closed(
    zones: tuple[str, ...], states: tuple[str, ...], day: date
) -> None:
    noon = datetime.combine(day, time(0), UTC)
    minutes = open_minutes(zones, states, noon, current())
    for at in range(0, 1440, 47):
        shut = next((minute for minute in range(at, 1440) if not minutes[minute]), None)
        found = closes_at(zones, states, "sms", at=noon + timedelta(minutes=at))
        if shut is not None:
            assert found == noon + timedelta(minutes=shut)
        else:
            assert found is None or found >= noon + timedelta(days=1)


def test_hours_that_never_meet_are_a_no_that_says_what_to_do() -> None:
    settings = {**facts().settings, "platform_quiet": "utc"}
    verdict = judged(zones=(*US50, *TERRITORIES), states=("NY",), settings=settings)
    assert rules_of(verdict) == ["no_common_window"]
    assert "Correct the number" in verdict.reasons[0].sentence
    assert next_allowed((*US50, *TERRITORIES), ("NY",), "sms", at=verdict.at, settings=settings) is None


def test_an_unknown_zone_is_a_no_for_texts_and_calls_and_nothing_to_a_mail() -> None:
    for channel in ("sms", "call", "ai_call"):
        for zones in ((), ("Mars/Olympus",)):
            assert rules_of(judged(channel, zones=zones)) == ["unknown_zone"]
    assert judged("email", zones=()).is_allowed


@pytest.mark.parametrize("state", SPLIT)
def test_a_state_of_several_zones_opens_with_its_last_and_closes_with_its_first(state: str) -> None:
    zones = of_state(state)
    assert len({datetime(2026, 12, 8, tzinfo=ZoneInfo(zone)).utcoffset() for zone in zones}) > 1
    hours = of_text(zones, (state,), datetime(2026, 12, 8, tzinfo=UTC))
    row = current().states.get(state, current().federal).weeks["sms"].of(1)
    assert row is not None
    begin = max(datetime(2026, 12, 8, row[0] // 60, 5, tzinfo=ZoneInfo(zone)) for zone in zones)
    end = min(datetime(2026, 12, 8, row[1] // 60 - 1, 45, tzinfo=ZoneInfo(zone)) for zone in zones)
    assert [is_open(hours, zones, at=begin + timedelta(seconds=s)) for s in (-1, 0)] == [False, True]
    assert [is_open(hours, zones, at=end + timedelta(seconds=s)) for s in (-1, 0)] == [True, False]


@pytest.mark.parametrize("night", [datetime(2026, 10, 31, 7, tzinfo=UTC), datetime(2027, 3, 13, 7, tzinfo=UTC)])
def test_two_days_around_a_change_of_clocks_minute_by_minute(night: datetime) -> None:
    """Ten zones, those of provinces that stay on summer time among them."""
    oracle, minutes = Oracle(text()), int(night.timestamp()) // 60 + np.arange(0, 2 * 1440)
    for zone in TEN:
        known = facts(zones=(zone,), states=("MO",))
        theirs = oracle.allowed("sms", known, minutes, local=True)
        hours = of_text((zone,), ("MO",), night)
        ours = [is_open(hours, (zone,), at=night + timedelta(minutes=minute)) for minute in range(2 * 1440)]
        assert ours == theirs.tolist(), zone
        assert 0 < sum(ours) < len(ours)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge:%Y-%m-%d}")
def test_every_change_of_clocks_keeps_its_morning_and_evening(edge: datetime) -> None:
    """On the day of the change and the one after it: shut a minute before, open at 8:05, shut at 20:45."""
    for zone in TEN:
        hours = of_text((zone,), ("MO",), edge)
        for day in (edge.date(), edge.date() + timedelta(days=1)):
            opens = datetime.combine(day, time(8, 5), ZoneInfo(zone))
            shuts = datetime.combine(day, time(20, 45), ZoneInfo(zone))
            around = [opens - timedelta(minutes=1), opens, shuts - timedelta(minutes=1), shuts]
            assert [is_open(hours, (zone,), at=moment) for moment in around] == [False, True, True, False]
            night = opens.astimezone(UTC) - timedelta(hours=9)
            assert next_allowed((zone,), ("MO",), "sms", at=night) == opens.astimezone(UTC)


def test_provinces_that_stay_on_summer_time_do() -> None:
    """British Columbia and Alberta in winter: a machine with older zones would be an hour off."""
    january = datetime(2027, 1, 12, 15, 30, tzinfo=UTC)
    assert clocks.local(january, "America/Vancouver").hour == 8
    assert clocks.local(january, "America/Edmonton").hour == 9
    assert clocks.VERSION >= "2026"


def test_the_two_readings_of_the_zone_files_agree() -> None:
    """The oracle reads them byte by byte; if it read nothing, it could not disagree."""
    minutes = np.arange(int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 60, 5 * 366 * 1440 + 29_453_760, 1_111)
    for zone in (*TEN, *TERRITORIES):
        for minute, offset in list(zip(minutes.tolist(), offsets_of(zone, minutes).tolist(), strict=True))[::37]:
            there = datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(zone))
            assert there.utcoffset() == timedelta(minutes=offset)


@pytest.mark.parametrize(
    ("state", "zone", "local", "is_fine"),
    [
        ("TX", CENTRAL, "2026-12-06 11:59", False),  # a Sunday
        ("TX", CENTRAL, "2026-12-06 12:05", True),
        ("TX", CENTRAL, "2026-12-05 09:05", True),
        ("FL", EASTERN, "2026-12-08 19:45", False),
        ("FL", EASTERN, "2026-12-08 19:44", True),
        ("AL", CENTRAL, "2026-12-06 12:00", False),
        ("AL", CENTRAL, "2026-12-25 12:00", False),
        ("LA", CENTRAL, "2027-02-09 12:00", False),  # Mardi Gras
        ("MO", CENTRAL, "2027-02-09 12:00", True),
        ("MS", EASTERN, "2026-12-08 20:00", False),  # the hours are Central ones, and theirs too
        ("MS", EASTERN, "2026-12-08 08:30", False),
        ("RI", EASTERN, "2026-12-05 16:44", True),
        ("RI", EASTERN, "2026-12-05 16:45", False),
        ("RI", EASTERN, "2026-08-10 12:00", False),  # Victory Day
        ("PA", EASTERN, "2026-12-05 12:00", False),
        ("KY", EASTERN, "2026-12-08 10:04", False),
        ("UT", MOUNTAIN, "2026-07-24 12:00", False),  # Pioneer Day
        ("", EASTERN, "2026-12-08 10:05", True),
        ("", EASTERN, "2026-12-05 12:00", False),
        ("", EASTERN, "2026-11-26 12:00", False),  # Thanksgiving
    ],
)
def test_days_and_hours_of_states(state: str, zone: str, local: str, is_fine: bool) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    verdict = judged(at=at, zones=(zone,), states=(state,) if state else ())
    assert verdict.is_allowed is is_fine
    assert set(rules_of(verdict)) <= {"quiet_hours"}


@pytest.mark.parametrize(("channel", "is_fine"), [("sms", True), ("call", True), ("ai_call", False)])
def test_an_artificial_voice_has_hours_of_its_own_where_a_state_says_so(channel: str, is_fine: bool) -> None:
    sunday = datetime(2026, 12, 6, 12, 0, tzinfo=ZoneInfo(CENTRAL))
    assert judged(channel, at=sunday, states=("NE",)).is_allowed is is_fine


def test_the_window_is_half_open_to_the_second() -> None:
    close = datetime(2026, 12, 8, 20, 45, tzinfo=ZoneInfo(CENTRAL))
    assert judged(at=close - timedelta(microseconds=1)).is_allowed
    assert rules_of(judged(at=close))[0] == "quiet_hours"


def test_the_sentence_says_where_it_is_late_by_which_law_and_when_it_is_fine() -> None:
    late = datetime(2026, 12, 8, 20, 50, tzinfo=ZoneInfo(CENTRAL))
    first = judged(at=late, zones=(CENTRAL, MOUNTAIN)).reasons[0]
    assert first.sentence == (
        "It is 20:50 in Chicago, where they may be. Federal law allows text messages only 08:05 to 20:45 that day: "
        "next Wed 9 Dec 09:05 MST."
    )
    assert (first.until, first.cite) == (datetime(2026, 12, 9, 16, 5, tzinfo=UTC), "47 CFR § 64.1200(c)(1)")


def test_mail_keeps_business_hours_where_they_exist() -> None:
    early = datetime(2026, 12, 8, 7, 59, tzinfo=ZoneInfo(CENTRAL))
    verdict = judged("email", at=early)
    assert (rules_of(verdict), verdict.until) == (["quiet_hours"], early + timedelta(minutes=1))
    assert judged("email", at=early, settings={**facts().settings, "for_email": False}).is_allowed
    assert judged("email", at=early, zones=("Europe/Athens", HAWAII)).is_allowed  # no hour suits both


def test_somebody_who_may_be_anywhere_is_reached_on_workdays_alone() -> None:
    friday = datetime(2026, 12, 11, 23, 0, tzinfo=UTC)
    assert next_allowed(US48, MAINLAND, "sms", at=friday) == datetime(2026, 12, 14, 18, 5, tzinfo=UTC)


def test_hours_that_do_not_meet_yet_are_looked_at_again_from_the_moment_a_delay_ends() -> None:
    everywhere = (
        "Pacific/Honolulu", "America/Chicago", "America/Anchorage", "America/Phoenix", "America/Boise", "America/Adak",
        "America/Detroit", "America/Los_Angeles", "Pacific/Guam", "America/Vancouver",
    )  # fmt: skip
    at, ends = datetime(2026, 10, 18, 0, 24, 37, tzinfo=UTC), datetime(2026, 10, 19, 1, 3, tzinfo=UTC)
    held = Held("all", "", "A test of the alarm", at - timedelta(days=1), until=ends)
    verdict = judged("email", at=at, zones=everywhere, states=(), held=(held,))
    assert verdict.until == datetime(2026, 11, 1, 22, tzinfo=UTC), "the night clocks change, they meet"


def test_a_search_ends_after_two_weeks() -> None:
    never = text().replace('weekdays = "08:00-21:00"', 'weekdays = ""').replace('day = "08:00-21:00"', 'day = ""')
    assert (
        next_allowed((CENTRAL,), ("MO",), "sms", at=datetime(2026, 12, 8, tzinfo=UTC), rules=Rules.load(never)) is None
    )


@pytest.mark.parametrize("known", [{"country": "CA"}, {"states": ("ON",)}])
def test_the_next_moment_abroad_is_one_of_that_country(known: dict[str, Any]) -> None:
    sunday = datetime(2026, 12, 6, 9, 0, tzinfo=ZoneInfo("America/Toronto"))
    found = next_allowed(("America/Toronto",), known.pop("states", ()), "call", at=sunday, **known)
    assert found == sunday + timedelta(hours=1, minutes=5)
