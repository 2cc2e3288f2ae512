"""Starting runs by hand and by the clock, and what the Jobs page shows of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from headhaul.accounts.models import Account
from headhaul.actions import dispatch
from headhaul.activities.models import Activity
from headhaul.kernel import Actor, Forbidden, InvalidData, Role
from headhaul.nightly.choices import RunKind, RunState, Trigger
from headhaul.nightly.jobs import keep_tallies, run_prospecting
from headhaul.nightly.models import JobRun
from headhaul.nightly.schedule import SCHEDULES
from headhaul.nightly.services import prospecting, runs, upkeep
from headhaul.pipeline.preferences import WorkingTime
from headhaul.preferences.services import values
from tests.factories.market import NOON, TODAY, person
from tests.factories.pool import town
from tests.pipeline.histories import deal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs, procrastinate_periodic_defers cascade")


@pytest.fixture
def ada() -> Actor:
    return person("Ada", Role.ADMIN)


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=datetime.now(UTC), door="http").payload


def work() -> None:
    """What a worker does until nothing is left, without the clock."""
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.periodic_registry.periodic_tasks, kept = {}, working.periodic_registry.periodic_tasks
        try:
            working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
        finally:
            working.periodic_registry.periodic_tasks = kept


def test_a_manager_starts_the_night_and_a_worker_does_it(max_: Actor, rosa: Actor) -> None:
    town(carriers=60, drivers=200, today=datetime.now(UTC).date())
    queued = do("runProspecting", max_)
    assert JobRun.objects.get().state == RunState.QUEUED
    work()
    run = JobRun.objects.get()
    assert (run.pk, run.state, run.trigger, run.requested_by_id) == (
        queued.run_id, RunState.DONE, Trigger.PERSON, max_.user_id
    )  # fmt: skip
    assert Account.objects.exists()
    shown = do("getProspectingRuns", max_).items[0]
    assert shown.requested_by == "Max"
    assert shown.steps[0].title == "Match, score and compare with last week"


def test_a_second_start_finds_the_first_in_the_queue(max_: Actor) -> None:
    first, second = do("runProspecting", max_), do("runProspecting", max_)
    assert (first.already_queued, second.already_queued) == (False, True)
    assert first.run_id == second.run_id
    assert ProcrastinateJob.objects.filter(task_name="run_prospecting").count() == 1


def test_who_may_start_what(rosa: Actor, max_: Actor, ada: Actor) -> None:
    with pytest.raises(Forbidden):
        do("runProspecting", rosa)
    with pytest.raises(Forbidden):
        do("runJob", max_, name="run_upkeep")
    with pytest.raises(InvalidData, match="by hand"):
        do("runJob", ada, name="find_lost_runs")
    do("runJob", ada, name="run_upkeep")
    work()
    assert JobRun.objects.get(kind=RunKind.UPKEEP).state == RunState.DONE


def test_a_manager_sees_the_prospecting_runs_and_an_admin_all(max_: Actor, ada: Actor) -> None:
    for kind in (RunKind.PROSPECTING, RunKind.UPKEEP):
        runs.queue(kind=kind, day=TODAY, trigger=Trigger.COMMAND, at=NOON)
    seen = do("getProspectingRuns", max_)
    assert [item.kind for item in seen.items] == [RunKind.PROSPECTING]
    assert [each.name for each in seen.schedules] == ["run_prospecting"]
    assert {item.kind for item in do("getJobRuns", ada).items} == {RunKind.PROSPECTING, RunKind.UPKEEP}
    with pytest.raises(Forbidden):
        do("getJobRuns", max_)


def test_every_schedule_is_known_to_the_queue_and_says_when_it_comes_next(ada: Actor) -> None:
    registered = {name for _, name in app.periodic_registry.periodic_tasks}
    assert registered == {each.name for each in SCHEDULES}
    night = next(each for each in do("getJobRuns", ada).schedules if each.name == "run_prospecting")
    assert (night.next_at.hour, night.next_at.minute) == (3, 0)


def test_a_job_defered_in_a_transaction_that_fails_was_never_asked_for(max_: Actor) -> None:
    with transaction.atomic():
        do("runProspecting", max_)
        transaction.set_rollback(True)
    assert not JobRun.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_one_run_at_a_time() -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [runs.LOCK])
        assert runs.somebody_runs()
        with pytest.raises(runs.AlreadyRunning):
            prospecting.run(day=TODAY, trigger=Trigger.COMMAND, at=NOON)
        assert not JobRun.objects.exists()
    finally:
        with other.cursor() as cursor:  # the pool keeps connections, and with them their locks
            cursor.execute("select pg_advisory_unlock(%s)", [runs.LOCK])
        other.close()
    assert not runs.somebody_runs()


def test_a_run_whose_process_is_gone_shows_as_lost(ada: Actor) -> None:
    JobRun.objects.create(
        kind=RunKind.PROSPECTING, day=TODAY, trigger=Trigger.SCHEDULE, state=RunState.RUNNING, created_at=NOON
    )
    assert do("getJobRuns", ada).items[0].state == "lost"


def test_runs_are_listed_newest_first_page_by_page(ada: Actor) -> None:
    for number in range(5):
        runs.queue(kind=RunKind.REBUILD, day=TODAY - timedelta(days=number), trigger=Trigger.COMMAND, at=NOON)
    first = do("getJobRuns", ada, limit=3)
    second = do("getJobRuns", ada, limit=3, cursor=first.next_cursor)
    seen = [item.id for item in (*first.items, *second.items)]
    assert seen == sorted(seen, reverse=True)
    assert (len(seen), second.next_cursor) == (5, None)


def test_upkeep_forgets_runs_past_their_time() -> None:
    for days in (10, 500):
        JobRun.objects.create(
            kind=RunKind.REBUILD,
            day=TODAY,
            trigger=Trigger.COMMAND,
            state=RunState.DONE,
            created_at=NOON - timedelta(days=days),
            finished_at=NOON,
        )
    run = upkeep.run(trigger=Trigger.COMMAND, at=NOON)
    assert run.steps.get(name="runs").counts == {"removed": 1}
    assert JobRun.objects.filter(kind=RunKind.REBUILD).count() == 1


def test_a_worker_that_starts_late_does_the_night_once() -> None:
    three = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    first = run_prospecting(timestamp=int(three.timestamp()))
    assert first is not None
    assert run_prospecting(timestamp=int(three.timestamp())) is None
    assert run_prospecting(timestamp=int(datetime.now(UTC).timestamp()) + 60) not in (None, first)


def test_upkeep_mends_tallies_that_differ_from_their_rows_and_says_so(rosa: Actor) -> None:
    of = Account.objects.create(name="Lone Star", created_at=NOON, updated_at=NOON)
    Activity.objects.create(account=of, type="call", happened_at=NOON, created_at=NOON, owner_id=rosa.user_id)
    deal(of, in_stage="proposal", amount=100_00)
    assert upkeep.run(trigger=Trigger.COMMAND, at=NOON).steps.get(name="tallies").notes == []
    with connection.cursor() as cursor:
        cursor.execute("update activities_touchday set n = n + 4")
        cursor.execute("delete from pipeline_tally")
        cursor.execute("update pipeline_closing set amount_cents = amount_cents + 5")
    step = upkeep.run(trigger=Trigger.COMMAND, at=NOON + timedelta(days=1)).steps.get(name="tallies")
    assert step.counts == {"touches_mended": 4, "deals_mended": 1, "closing_mended": 1}
    assert step.notes == [
        "The tally of touches was wrong by 4 and was mended.",
        "The tally of opportunities was wrong and was mended.",
        "The sums of opportunities by month of closing were wrong and were mended.",
    ]
    with connection.cursor() as cursor:
        cursor.execute("select (select sum(n) from activities_touchday), sum(n), sum(amount_cents) from pipeline_tally")
        assert cursor.fetchone() == (1, 1, 100_00)
        cursor.execute("select n, amount_cents from pipeline_closing")
        assert cursor.fetchall() == [(1, 100_00)]
    assert upkeep.run(trigger=Trigger.COMMAND, at=NOON + timedelta(days=2)).steps.get(name="tallies").notes == []


def test_the_clock_follows_the_firm_into_another_zone(ada: Actor, rosa: Actor) -> None:
    of = Account.objects.create(name="Lone Star", created_at=NOON, updated_at=NOON)
    moment = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
    Activity.objects.create(account=of, type="call", happened_at=moment, created_at=NOON, owner_id=rosa.user_id)
    days = []
    for version, zone in enumerate(("America/New_York", "America/Chicago", "Europe/Berlin", "America/Chicago")):
        values.save(section=WorkingTime, values={"zone": zone}, expected_version=version, by=ada, at=NOON)
        keep_tallies()
        with connection.cursor() as cursor:
            cursor.execute("select day, n from activities_touchday")
            days += cursor.fetchall()
    assert [(day.day, n) for day, n in days] == [(19, 1), (19, 1), (20, 1), (19, 1)]
