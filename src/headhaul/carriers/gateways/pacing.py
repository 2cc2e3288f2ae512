"""Asking at a steady rate, shared by all threads of a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class TooBusyError(Exception):
    """The turn would come later than the caller can wait."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"the next turn is in {wait:.1f} s")
        self.wait = wait


class Pacer:
    """Gives out turns at most `per_second` times a second, in the order asked; never in bursts."""

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if per_second <= 0:
            raise ValueError("requests per second must be more than 0")
        self._gap = 1 / per_second
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._next_turn = 0.0

    def take_turn(self, *, at_most: float) -> None:
        """Wait for a turn; TooBusyError at once, using none up, when it is over `at_most` seconds away."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_turn)
            if turn - now > at_most:
                raise TooBusyError(turn - now)
            self._next_turn = turn + self._gap
        if turn > now:
            self._sleep(turn - now)
