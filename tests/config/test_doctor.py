"""The doctor says what is missing, stale or broken, and what helps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from headhaul.carriers.models import ImportRun
from headhaul.compliance.judging import rules
from headhaul.config.doctor import Level, data, examine, machine
from headhaul.config.doctor.findings import ago
from headhaul.nightly.models import JobRun

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _imported(layout: str, *, speaks_for: int, days_ago: int = 0) -> None:
    """A census file for a day so many days back, imported so many days ago."""
    ended = AT - timedelta(days=days_ago)
    ImportRun.objects.create(
        kind="carriers",
        layout=layout,
        file_name="file.csv",
        source_date=(AT - timedelta(days=speaks_for)).date(),
        state="succeeded",
        started_at=ended,
        finished_at=ended,
    )


def test_a_fresh_installation_is_sound_and_says_what_to_do_next(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    found = {each.subject: each for each in examine(at=AT)}
    assert not [each for each in found.values() if each.level is Level.BAD and each.subject != "Browser libraries"]
    assert "headhaul import_carriers" in found["Census"].text
    assert "FMCSA_WEB_KEY" in found["FMCSA"].text


@pytest.mark.parametrize(("days", "level"), [(45, Level.GOOD), (46, Level.NOTICE)])
def test_a_census_is_as_old_as_the_day_it_speaks_for(days: int, level: Level) -> None:
    _imported("az4n", speaks_for=days)
    found = data.imported("carriers", AT)
    assert found.level is level
    assert f"{(AT - timedelta(days=days)).date()}" in found.text


def test_neither_an_older_census_nor_another_file_changes_its_day() -> None:
    _imported("kjg3", speaks_for=50, days_ago=49)
    _imported("az4n", speaks_for=90)
    _imported("sms_crash", speaks_for=1)
    found = data.imported("carriers", AT)
    assert found.level is Level.NOTICE
    assert "2026-10-03" in found.text


def test_files_without_a_census_are_none() -> None:
    _imported("sms_crash", speaks_for=1)
    assert "no census file yet" in data.imported("carriers", AT).text


@pytest.mark.parametrize(
    ("state", "hours", "level"),
    [("done", 9, Level.GOOD), ("done", 40, Level.BAD), ("failed", 1, Level.BAD), ("lost", 1, Level.BAD)],
)
def test_a_night_that_failed_or_was_missed_is_bad(state: str, hours: int, level: Level) -> None:
    ended = AT - timedelta(hours=hours)
    JobRun.objects.create(
        kind="prospecting",
        day=ended.date(),
        trigger="schedule",
        state=state,
        created_at=ended,
        started_at=ended,
        finished_at=ended if state in ("done", "failed") else None,
    )
    assert data.night(AT).level is level


@pytest.mark.parametrize(("minutes", "level"), [(1, Level.GOOD), (10, Level.BAD)])
def test_a_worker_that_went_silent_is_bad(minutes: int, level: Level) -> None:
    with connection.cursor() as cursor:
        seen = AT - timedelta(minutes=minutes)
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (%s)", [seen])
    assert data.worker(AT).level is level


def test_a_name_others_use_without_https_is_bad(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["headhaul.example.com"]
    assert machine.exposure().level is Level.BAD


def test_the_command_ends_with_an_error_when_something_is_bad(settings: Settings) -> None:
    settings.DEBUG = True
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert ended.value.code == 1


@pytest.mark.parametrize(
    ("past", "said"), [(30, "just now"), (90, "1 minute ago"), (7200, "2 hours ago"), (90_000, "1 day ago")]
)
def test_times_are_said_as_people_say_them(past: int, said: str) -> None:
    assert ago(AT - timedelta(seconds=past), AT) == said


@pytest.mark.parametrize(("days", "level"), [(180, Level.GOOD), (181, Level.NOTICE)])
def test_rules_of_outreach_that_nobody_looked_up_for_half_a_year_are_named(days: int, level: Level) -> None:
    oldest = min(origin.verified_on for origin in rules.current().origins.values())
    found = machine.rules(datetime(oldest.year, oldest.month, oldest.day, 12, tzinfo=UTC) + timedelta(days=days))
    assert found.level is level
    assert ("guard" in found.text) is (level is Level.NOTICE)


def test_time_zones_of_the_year_before_last_are_a_notice() -> None:
    assert machine.time_zones(AT).level is Level.GOOD
    assert machine.time_zones(AT.replace(year=AT.year + 2)).level is Level.NOTICE
