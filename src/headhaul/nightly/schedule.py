"""Everything the clock starts, on one page. Times are UTC; a start that was missed is made up for within a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procrastinate import App
from procrastinate.contrib.django import app

from headhaul.actions.jobs import prune_door, seal_audit
from headhaul.nightly.jobs import find_lost_runs, retry_stalled_jobs, run_prospecting, run_upkeep
from headhaul.nightly.schemas import ScheduleRow


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job and when the clock starts it."""

    name: str
    title: str
    cron: str
    task: Any
    by_hand: bool = False  # whether an administrator may start it

    def next_after(self, at: datetime) -> datetime:
        """When the clock starts it the next time."""
        registered = app.periodic_registry.periodic_tasks[(self.task.name, self.name)]
        following: datetime = registered.croniter.get_next(datetime, start_time=at)
        return following


SCHEDULES = (
    Schedule("run_prospecting", "Nightly prospecting", "0 3 * * *", run_prospecting, by_hand=True),
    Schedule("run_upkeep", "Upkeep: remove what has served its time", "30 2 * * *", run_upkeep, by_hand=True),
    Schedule("prune_door", "Forget old replies, counts and uploads", "10 2 * * *", prune_door, by_hand=True),
    Schedule("seal_audit", "Seal the audit", "* * * * *", seal_audit, by_hand=True),
    Schedule("find_lost_runs", "Take up runs that were killed", "*/2 * * * *", find_lost_runs),
    Schedule("retry_stalled_jobs", "Retry jobs of killed workers", "*/5 * * * *", retry_stalled_jobs),
)


def register(queue: App) -> None:
    """Tell the queue about all schedules when it is ready; the workers keep them."""
    for schedule in SCHEDULES:
        queue.periodic(cron=schedule.cron, periodic_id=schedule.name)(schedule.task)


def named(name: str) -> Schedule | None:
    """A schedule by name."""
    return next((schedule for schedule in SCHEDULES if schedule.name == name), None)


def rows(at: datetime) -> list[ScheduleRow]:
    """All schedules as a page lists them."""
    return [
        ScheduleRow(name=each.name, title=each.title, cron=each.cron, next_at=each.next_after(at), by_hand=each.by_hand)
        for each in SCHEDULES
    ]
