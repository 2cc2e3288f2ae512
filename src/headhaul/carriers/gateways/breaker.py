"""A circuit breaker: after failures in a row, leave the other side alone for a while, then try once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Open for `rest` seconds after `limit` failures in a row; then one trial decides."""

    def __init__(self, *, limit: int, rest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._rest, self._clock = limit, rest, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0
        self._trial_running = False

    def wait_needed(self) -> float:
        """Seconds until a question may be asked; after a 0 the caller reports with one of the verbs below."""
        with self._lock:
            left = self._open_until - self._clock()
            if left > 0:
                return left
            if self._failures < self._limit:
                return 0.0
            if self._trial_running:
                return self._rest
            self._trial_running = True
            return 0.0

    def succeeded(self) -> None:
        """The other side works."""
        with self._lock:
            self._failures, self._trial_running, self._open_until = 0, False, 0.0

    def failed(self, *, rest: float | None = None) -> None:
        """One more failure. A pause that the other side asked for (`rest`) is kept from the first one on."""
        with self._lock:
            self._trial_running = False
            self._failures += 1
            own = self._rest if self._failures >= self._limit else 0.0
            self._open_until = self._clock() + max(own, rest or 0.0)

    def gave_up(self) -> None:
        """The question ended without telling anything about the other side."""
        with self._lock:
            self._trial_running = False
