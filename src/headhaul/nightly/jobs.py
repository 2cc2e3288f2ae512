"""Background work of this room. What starts it by the clock is in schedule.py."""

from __future__ import annotations

from datetime import UTC, date, datetime

from procrastinate.contrib.django import app

from headhaul.activities.services import tallying as touch_tally
from headhaul.nightly.choices import Trigger
from headhaul.nightly.services import opportunities, prospecting, upkeep
from headhaul.nightly.services.runs import AlreadyRunning
from headhaul.pipeline.services import tallying as deal_tally
from headhaul.pipeline.working_days import current


@app.task(queue="night", name="run_prospecting", queueing_lock="run_prospecting")
def run_prospecting(
    *,
    trigger: str = Trigger.SCHEDULE,
    day: str | None = None,
    user_id: int | None = None,
    timestamp: int | None = None,
    **_: object,
) -> int | None:
    """Do the night's run; when another is at it already, that one does the work.

    `timestamp` is when the clock meant it to start: a worker that starts late leaves out what was done since.
    """
    at = datetime.now(UTC)
    if timestamp is not None and prospecting.is_done_since(datetime.fromtimestamp(timestamp, UTC)):
        return None
    try:
        run = prospecting.run(
            day=date.fromisoformat(day) if day else at.date(),
            trigger=Trigger(trigger),
            at=at,
            user_id=user_id,
            patience=30,
        )
    except AlreadyRunning:
        return None
    return run.pk


@app.task(queue="clock", name="find_lost_runs", queueing_lock="find_lost_runs")
def find_lost_runs(**_: object) -> int:
    """Notice runs whose process was killed, and take the night's one up again."""
    return prospecting.take_up_lost(at=datetime.now(UTC))


@app.task(queue="clock", name="run_upkeep", queueing_lock="run_upkeep")
def run_upkeep(*, trigger: str = Trigger.SCHEDULE, user_id: int | None = None, **_: object) -> int | None:
    """Remove what has served its time."""
    at = datetime.now(UTC)
    try:
        return upkeep.run(trigger=Trigger(trigger), at=at, user_id=user_id).pk
    except AlreadyRunning:
        return None


@app.task(queue="clock", name="keep_tallies", queueing_lock="keep_tallies", lock="keep_tallies")
def keep_tallies(**_: object) -> None:
    """Add what was written since to the touches by day of the firm's zone, and to the sums of deals by month."""
    touch_tally.keep(zone=str(current().zone))
    deal_tally.fold()


@app.task(queue="night", name="run_pipeline", queueing_lock="run_pipeline")
def run_pipeline(*, trigger: str = Trigger.SCHEDULE, user_id: int | None = None, **_: object) -> int | None:
    """Write down the open opportunities of the day, if the night's run did not."""
    at = datetime.now(UTC)
    try:
        return opportunities.run(trigger=Trigger(trigger), at=at, user_id=user_id).pk
    except AlreadyRunning:
        return None


@app.task(queue="clock", name="retry_stalled_jobs", queueing_lock="retry_stalled_jobs")
async def retry_stalled_jobs(**_: object) -> int:
    """Give jobs of workers that were killed to another worker; every job is safe to do twice."""
    stalled = list(await app.job_manager.get_stalled_jobs())
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)
