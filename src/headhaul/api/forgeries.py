"""Whoever posts to addresses that are nobody's is soon not answered any more. Counted by process: it spares work."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

PER_MINUTE = 60
_MOST_PLACES = 10_000


class Forgeries:
    """Posts to addresses that we never made, by where they came from, in the current minute."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._lock = threading.Lock()

    def is_too_many(self, place: str, *, at: datetime) -> bool:
        """Whether this place has used up its patience."""
        return self._counts.get(_key(place, at), 0) >= PER_MINUTE

    def count(self, place: str, *, at: datetime) -> None:
        """One more."""
        with self._lock:
            key = _key(place, at)
            self._counts[key] = self._counts.get(key, 0) + 1
            while len(self._counts) > _MOST_PLACES:
                self._counts.popitem(last=False)


def _key(place: str, at: datetime) -> tuple[str, int]:
    return place, int(at.timestamp()) // 60
