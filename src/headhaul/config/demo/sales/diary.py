"""A past that is lived through in its order: each entry is written at its own time, each night takes its snapshot."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from headhaul.pipeline.services import snapshots
from headhaul.pipeline.working_days import Calendar, current

SEED = 11
FIRST_HOUR, LAST_HOUR = 8, 16
NIGHT = time(23, 30)
NIGHTS = 120  # written down; before that nobody looks

Do = Callable[[datetime], object]


@dataclass(slots=True)
class Diary:
    """What is to happen when. `day` is the firm's date of the start, `at` its moment: nothing happens later."""

    at: datetime
    calendar: Calendar = field(default_factory=current)
    entries: list[tuple[datetime, int, Do]] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The firm's date."""
        return self.calendar.today(self.at)

    def write(self, moment: datetime, do: Do) -> None:
        """Plan something."""
        self.entries.append((min(moment, self.at), len(self.entries), do))

    def moment(
        self, days_ago: float, dice: random.Random, *, hour: int | None = None, after: datetime | None = None
    ) -> datetime:
        """A moment in the working hours of that day, or of the last working day before it; never before `after`."""
        day = self.day - timedelta(days=round(days_ago))
        while not self.calendar.is_worked(day):
            day -= timedelta(days=1)
        chosen = dice.randint(FIRST_HOUR, LAST_HOUR) if hour is None else hour
        local = datetime.combine(day, time(chosen, dice.randrange(60)), self.calendar.zone)
        return min(max(local, after or local), self.at)

    def play(self, beat: Callable[[str], None]) -> dict[str, int]:
        """Let it all happen. Returns how many entries and snapshots there were."""
        taken = 0
        nights = [self._night(number) for number in range(NIGHTS, 0, -1)]
        for number, (moment, _, do) in enumerate(sorted(self.entries, key=lambda entry: entry[:2])):
            while nights and nights[0] < moment:
                taken += snapshots.take(at=nights.pop(0))
            do(moment)
            if number % 100 == 0:
                beat(f"{number} of {len(self.entries)}")
        taken += sum(snapshots.take(at=night) for night in nights)
        return {"entries": len(self.entries), "snapshots": taken}

    def _night(self, days_ago: int) -> datetime:
        return datetime.combine(self.day - timedelta(days=days_ago), NIGHT, self.calendar.zone)


def dice(*about: object) -> random.Random:
    """Dice of their own for each subject, so that one more sentence does not change everybody's story."""
    return random.Random(f"{SEED}/{'/'.join(map(str, about))}")  # noqa: S311 - repeatable, not secret
