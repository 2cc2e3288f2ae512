"""The clock that sending goes by is the database's: all workers share it, and none can turn it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from django.db import connection

MOST_SKEW = 2.0
"""Seconds that this machine's clock may differ from the database's before sending stops."""


class Clock(Protocol):
    """What time it is, and how far this machine is off."""

    def now(self) -> datetime:
        """The moment that counts."""
        ...

    def skew(self) -> float:
        """Seconds between this machine's clock and the one that counts."""
        ...


@dataclass(frozen=True, slots=True)
class DatabaseClock:
    """The database's clock, beside that of this machine."""

    machine: Callable[[], datetime] = lambda: datetime.now(UTC)

    def now(self) -> datetime:
        """`clock_timestamp()`, which goes on inside a transaction."""
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
            return moment.astimezone(UTC)

    def skew(self) -> float:
        """The smaller of two readings around the database's, so that a slow answer does not count as skew."""
        before = self.machine()
        theirs = self.now()
        after = self.machine()
        if before <= theirs <= after:
            return 0.0
        return min(abs((before - theirs).total_seconds()), abs((after - theirs).total_seconds()))


@dataclass(frozen=True, slots=True)
class StandingClock:
    """One moment, for simulations and tests that walk through days."""

    at: datetime

    def now(self) -> datetime:
        """That moment."""
        return self.at

    def skew(self) -> float:
        """None."""
        return 0.0
