"""The day's signals as steps of a run: made for today, rebuilt for past days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from headhaul.carriers.models import SignalDay
from headhaul.carriers.services.signals import compute_day
from headhaul.kernel import Conflict
from headhaul.nightly.services.runs import Night, Outcome


class DayIsKept(Conflict):
    """The day has signals that were computed when it was today."""

    code = "day_is_kept"


def check_can_rebuild(day: date) -> None:
    """Raise DayIsKept where a rebuilt day would take the place of what was really seen."""
    there = SignalDay.objects.filter(day=day).first()
    if there is not None and there.computed_at.date() <= day:
        raise DayIsKept(f"The signals of {day} were computed on that day and are kept.")


def make_signals(night: Night) -> Outcome:
    """Match and score everything, compare with last week, put the day in place, remove days past their time."""
    return counted(compute_day(day=night.day, at=night.at, beat=night.beat))


def rebuild(*, day: date, at: datetime, beat: Callable[[str], None] = lambda _: None) -> Outcome:
    """The signals of a past day, from the drivers who were in the pool by then; the newest day stays current.

    That the day was computed after it was over tells everybody that it is rebuilt.
    """
    return counted(compute_day(day=day, at=at, beat=beat))


def rebuild_signals(night: Night) -> Outcome:
    """`rebuild` as a step."""
    return rebuild(day=night.day, at=night.at, beat=night.beat)


def counted(made: SignalDay) -> Outcome:
    """What came out, and why carriers have no signal."""
    return Outcome(
        counts={"carriers": made.considered, "drivers": made.drivers, "signals": made.rows, "spikes": made.spikes},
        left_out={
            reason: count
            for reason, count in (
                *made.details.get("unmatched", {}).items(),
                ("below_the_best", made.details.get("left_out_of_the_best", 0)),
            )
            if count
        },
    )
