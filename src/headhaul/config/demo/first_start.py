"""The first start: people, carriers, drivers, a past, the night, sales. Interrupted, it goes on at the next start."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from headhaul.carriers.models import Carrier, Driver, SignalDay
from headhaul.carriers.preferences import Prospects
from headhaul.carriers.services.drivers.importing import import_drivers
from headhaul.carriers.services.importing.carriers import import_carriers
from headhaul.config.demo import drivers, people
from headhaul.config.demo.examples import folder
from headhaul.config.demo.sales import run as sales
from headhaul.kernel import SYSTEM
from headhaul.nightly.choices import RunKind, RunState, Trigger
from headhaul.nightly.models import JobRun
from headhaul.nightly.services import prospecting, runs, signals
from headhaul.nightly.services.runs import Night, Outcome, Step, Tell
from headhaul.preferences.services.values import get_stored, save
from headhaul.security.models import User

DRIVERS, SEED = 4_000, 7
WEEKS = 12
SMALLEST_FLEET = 2


def is_due() -> bool:
    """Whether the demo was begun and not finished, or the database is empty."""
    begun = JobRun.objects.filter(kind=RunKind.FIRST_START).first()
    if begun is not None:
        night = JobRun.objects.filter(kind=RunKind.PROSPECTING, state=RunState.DONE)
        return begun.state != RunState.DONE or not night.exists() or sales.is_due()
    return not (User.objects.exists() or Carrier.objects.exists() or Driver.objects.exists())


def run(*, at: datetime, tell: Tell = runs.silent) -> None:
    """Load the demo market as far as it is not there, do its first night, and give it a sales past."""
    begun = JobRun.objects.filter(kind=RunKind.FIRST_START).first()
    if begun is None or begun.state != RunState.DONE:
        runs.run(
            kind=RunKind.FIRST_START,
            day=begun.day if begun else at.date(),
            steps=STEPS,
            trigger=Trigger.FIRST_START,
            at=at,
            patience=20,
            resumes_within=timedelta.max,
            tell=tell,
        )
    if not JobRun.objects.filter(kind=RunKind.PROSPECTING, state=RunState.DONE).exists():
        prospecting.run(day=at.date(), trigger=Trigger.FIRST_START, at=at, patience=20, tell=tell)
    sales.run(at=at, tell=tell)


def _people(night: Night) -> Outcome:
    return Outcome(counts={"people": people.make(at=night.at)})


def _settings(night: Night) -> Outcome:
    if get_stored(Prospects).version == 0:
        save(section=Prospects, values={"smallestFleet": SMALLEST_FLEET}, expected_version=0, by=SYSTEM, at=night.at)
    return Outcome(notes=["Single trucks are left out of the prospects: their owners drive them."])


def _carriers(night: Night) -> Outcome:
    counts = {}
    for path in sorted((folder() / "carriers").glob("*.csv.gz")):
        imported = import_carriers(path=path, by=SYSTEM, at=night.at)
        counts[path.name] = imported.rows_read
    return Outcome(counts=counts)


def _drivers(night: Night) -> Outcome:
    with TemporaryDirectory(prefix="headhaul-") as place:
        path = Path(place) / "demo-drivers.csv"
        drivers.write(path=path, count=DRIVERS, seed=SEED, as_of=night.day)
        imported = import_drivers(path=path, by=SYSTEM, at=night.at)
    return Outcome(counts={"drivers": imported.inserted + imported.unchanged + imported.updated})


def _history(night: Night) -> Outcome:
    made = 0
    for weeks in range(WEEKS, 0, -1):
        day = night.day - timedelta(weeks=weeks)
        if not SignalDay.objects.filter(day=day).exists():
            signals.rebuild(day=day, at=night.at)
            made += 1
            night.beat(f"{made} of {WEEKS} weeks")
    return Outcome(counts={"days": made})


def _sales(night: Night) -> Outcome:
    sales.queue(night)
    return Outcome(notes=["Calls, contacts and deals are made up after the night."])


STEPS = (
    Step("people", "A user for each role", _people),
    Step("settings", "Settings that suit the example", _settings),
    Step("carriers", "Real carriers from the FMCSA census", _carriers, in_one_go=False),
    Step("drivers", "A made-up driver pool", _drivers, in_one_go=False),
    Step("history", "Twelve weeks of signals, rebuilt", _history, in_one_go=False),
    Step("sales", "Plan the example's sales", _sales),
)
