"""Time travel: the engine and the delivery turn at each stop of a clock that tests move on."""

from __future__ import annotations

from datetime import datetime, timedelta

from headhaul.outreach.services import delivering, engine
from headhaul.outreach.services.clocks import StandingClock


def turn(at: datetime) -> None:
    """Once at this moment: steps that are due, then messages that are due."""
    engine.advance_due(at=at)
    delivering.deliver_due(clock=StandingClock(at), limit=1_000, owner="test")


def travel(since: datetime, until: datetime, *, step: timedelta = timedelta(minutes=30)) -> None:
    """From one moment to another."""
    at = since
    while at <= until:
        turn(at)
        at += step
