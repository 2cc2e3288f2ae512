"""The pipeline's night: every open opportunity is written down, and owners hear of new risks.

It is part of the night's run, and runs by itself later for a night whose run did not get so far: a day that was not
written down cannot be made up for.
"""

from __future__ import annotations

from datetime import datetime

from headhaul.nightly.choices import RunKind, Trigger
from headhaul.nightly.models import JobRun
from headhaul.nightly.services import runs
from headhaul.nightly.services.runs import Night, Outcome, Step
from headhaul.pipeline.services import reverting, snapshots, telling


def take_snapshots(night: Night) -> Outcome:
    """Write down the open opportunities of the firm's date."""
    return Outcome(counts={"opportunities": snapshots.take(at=night.at)})


def tell_risks(night: Night) -> Outcome:
    """Tell owners about risks that were not there the day before."""
    return Outcome(counts={"told": telling.tell_new_risks(at=night.at)})


def forget_befores(night: Night) -> Outcome:
    """Forget how to take back changes that are too old for it."""
    return Outcome(counts={"removed": reverting.prune(at=night.at)})


STEPS = (
    Step("snapshots", "Write down open opportunities", take_snapshots),
    Step("risks", "Tell owners about new risks", tell_risks),
)


def run(*, trigger: Trigger, at: datetime, user_id: int | None = None) -> JobRun:
    """Do the pipeline's night; after another run if one is at work."""
    return runs.run(
        kind=RunKind.PIPELINE, day=at.date(), steps=STEPS, trigger=trigger, at=at, user_id=user_id, patience=1_800
    )
