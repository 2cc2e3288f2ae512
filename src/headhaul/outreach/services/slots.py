"""Where a sender keeps a pause between messages, those that wait get a place each instead of all the same one."""

from __future__ import annotations

from datetime import datetime, timedelta

SPACING = "cap_spacing"
"""The rule of the pause between two messages of a sender."""


class Slots:
    """Of one run: which senders have to wait, and the place after the last one that was given out."""

    def __init__(self) -> None:
        self._next: dict[int, datetime] = {}
        self._steps: dict[int, timedelta] = {}

    def open(self, sender_id: int, *, first: datetime, step: timedelta) -> None:
        """This sender has to wait until `first`, and after each message for `step`."""
        self._next[sender_id] = first + step
        self._steps[sender_id] = step

    def take(self, sender_id: int | None) -> datetime | None:
        """A place for a message of a sender that has to wait; None for every other."""
        if sender_id is None or sender_id not in self._next:
            return None
        place = self._next[sender_id]
        self._next[sender_id] = place + self._steps[sender_id]
        return place
