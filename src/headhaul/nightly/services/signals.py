"""The day's signals: made from the whole census and the whole pool, rebuilt for past days, removed when old."""

from __future__ import annotations

from headhaul import preferences
from headhaul.nightly.preferences import Prospecting
from headhaul.nightly.services.runs import Night, Outcome


def make_signals(night: Night) -> Outcome:
    """Match and score everything, write the day, compare it with last week and make it the current one."""
    raise RuntimeError("no signals service")


def rebuild_signals(night: Night) -> Outcome:
    """The same for a past day, from the drivers who were in the pool by then; the current day stays current."""
    raise RuntimeError("no signals service")


def forget_old_days(night: Night) -> Outcome:
    """Remove the days of signals that are older than the setting."""
    days = preferences.get(Prospecting).history_days
    return Outcome(counts={"days": days})
