"""A night killed with SIGKILL at ten random points and run again leaves what an undisturbed night leaves."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import IO, Any

import pytest
from django.db import connection

from headhaul.accounts.models import Account, AccountScore, AccountTag, FieldChange
from headhaul.activities.models import Alert
from headhaul.carriers.models import CarrierEnrichment, Signal, SignalDay
from headhaul.kernel import SYSTEM, Role
from headhaul.nightly.choices import RunState, StepState, Trigger
from headhaul.nightly.models import JobRun, JobStep
from headhaul.nightly.preferences import Prospecting
from headhaul.nightly.services import prospecting, runs
from headhaul.preferences.services.values import save
from tests.config.postgres_users import eventually
from tests.factories.market import NOON, TODAY, person
from tests.factories.pool import town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LAST_WEEK = TODAY - timedelta(days=7)
STEPS = len(prospecting.STEPS)


class Runner:
    """The runner's process, and the child that does the night."""

    def __init__(self) -> None:
        there = connection.settings_dict
        url = f"host={there['HOST']} dbname={there['NAME']} user={there['USER']} password={there['PASSWORD'] or 'none'}"
        url += f" port={there['PORT']}" if there["PORT"] else ""
        environment = os.environ | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "headhaul.config.settings",
            "HEADHAUL_LOG_LEVEL": "ERROR",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.night_runner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self._hear() == "ready"

    def start(self) -> int:
        """Begin a night; the pid of the child that does it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{TODAY} {NOON.isoformat()}\n")
        self.process.stdin.flush()
        return int(self._hear().removeprefix("pid "))

    def steps(self) -> Iterator[str]:
        """What the child says until it has ended; the last word is how."""
        while not (said := self._hear()).startswith("ended "):
            yield said
        yield said

    def finish(self) -> None:
        """Let a night run to its end."""
        self.start()
        assert list(self.steps())[-2:] == ["done", "ended 0"]

    def _hear(self) -> str:
        out: IO[str] | None = self.process.stdout
        assert out is not None
        line = out.readline()
        assert line, "the runner died"
        return line.strip()


@pytest.fixture
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.process.kill()
    made.process.wait()


@pytest.fixture
def market() -> None:
    person("Rosa", Role.REP)
    person("Rick", Role.REP)
    town(carriers=200, drivers=600)
    save(section=Prospecting, values={"accountsPerRep": 6}, expected_version=0, by=SYSTEM, at=NOON)
    prospecting.rebuild(day=LAST_WEEK, trigger=Trigger.COMMAND, at=NOON)


def everything() -> dict[str, list[Any]]:
    """The whole outcome by natural keys: ids and clock times of the records differ from run to run."""
    return {
        "accounts": list(
            Account.objects.order_by("dot_number").values_list(
                "dot_number", "name", "status", "segment", "region", "state", "fleet_size", "fleet_source", "owner",
                "source", "opened_on", "opening_score_hundredths", "enriched_at", "version", "created_at",
            )
        ),
        "scores": list(
            AccountScore.objects.order_by("account__dot_number").values_list(
                "account__dot_number", "day", "score_hundredths", "driver_count", "urgency", "is_spike"
            )
        ),
        "tags": list(
            AccountTag.objects.order_by("account__dot_number", "tag").values_list("account__dot_number", "tag")
        ),
        "history": list(
            FieldChange.objects.order_by("account__dot_number", "field", "pk").values_list(
                "account__dot_number", "field", "old", "new"
            )
        ),
        "alerts": list(
            Alert.objects.order_by("kind", "dot_number").values_list(
                "kind", "dot_number", "day", "severity", "text", "owner", "account__dot_number"
            )
        ),
        "signals": list(Signal.objects.order_by("day", "dot_number").values()),
        "days": list(
            SignalDay.objects.order_by("day").values("day", "is_current", "rows", "considered", "drivers", "spikes")
        ),
        "enriched": list(CarrierEnrichment.objects.order_by("dot_number").values_list("dot_number", "tried_at")),
        "report": list(
            JobStep.objects.filter(run__kind="prospecting")
            .order_by("position")
            .values_list("name", "counts", "left_out")
        ),
    }  # fmt: skip


def forget() -> None:
    """Back to the evening before."""
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists carriers_signal_{TODAY:%Y%m%d}, carriers_signal_{TODAY:%Y%m%d}_new")
    SignalDay.objects.filter(day=TODAY).delete()
    SignalDay.objects.filter(day=LAST_WEEK).update(is_current=True)
    for kept in (Alert, AccountTag, FieldChange, AccountScore, Account, CarrierEnrichment):
        kept._default_manager.all().delete()
    JobRun.objects.filter(kind="prospecting").delete()


def test_a_night_killed_anywhere_and_run_again_ends_the_same(market: None, runner: Runner) -> None:
    runner.finish()  # the first one warms the tables up
    forget()
    began = time.monotonic()
    runner.finish()
    took = time.monotonic() - began
    undisturbed = everything()
    assert undisturbed["accounts"]
    assert undisturbed["alerts"]

    seed = random.SystemRandom().randrange(2**32)
    dice = random.Random(seed)
    killed = 0
    for number in range(10):
        forget()
        while killed <= number:
            killed += _killed_once(runner, dice, by_time=number % 2 == 0, took=took)
            if killed <= number:
                forget()
        runner.finish()
        assert everything() == undisturbed, f"seed {seed}, kill {number}"
        assert list(JobRun.objects.filter(kind="prospecting").values_list("state", flat=True)) == [RunState.DONE]


def _killed_once(runner: Runner, dice: random.Random, *, by_time: bool, took: float) -> bool:
    """Kill a night at a random moment, or a moment after a random step began. False: it was over before."""
    pid = runner.start()
    if by_time:
        time.sleep(dice.uniform(0, took))
    else:
        awaited = dice.randrange(1, STEPS)
        for begun, said in enumerate(runner.steps()):
            if begun == awaited or said.startswith(("done", "ended")):
                break
        time.sleep(dice.uniform(0, 0.02))
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return list(runner.steps())[-1] == "ended -9"


def test_a_run_of_a_killed_process_shows_as_lost_and_is_taken_up_by_the_clock(market: None, runner: Runner) -> None:
    pid = runner.start()
    steps = runner.steps()
    next(steps)
    os.kill(pid, signal.SIGKILL)
    assert list(steps)[-1] == "ended -9"
    assert eventually(lambda: not runs.somebody_runs(), seconds=60)  # the server noticed the closed connection
    assert prospecting.take_up_lost(at=NOON) == 1
    run = JobRun.objects.get(kind="prospecting")
    assert (run.state, run.attempts) == (RunState.DONE, 2)
    assert set(run.steps.values_list("state", flat=True)) == {StepState.DONE}
