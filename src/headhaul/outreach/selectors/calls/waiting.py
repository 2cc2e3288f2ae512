"""Everybody who waits in a queue, in few columns: who is out of the question, who is due later, whom to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.compliance.selectors import crowds
from headhaul.kernel.days import zone_named
from headhaul.outreach.schemas.calls import Barred
from headhaul.outreach.selectors.calls.people import NUMBER, SOURCE

_ALL = f"""
select t.id, t.due_at, t.last_disposition = 'callback' as is_callback,
       coalesce(s.score_hundredths, t.score_hundredths) as score, {{why_not}} as barred,
       coalesce(nullif(c.timezone, ''), a.timezone) as timezone
from {SOURCE} {NUMBER} where {{where}}
"""
_DAY = (timedelta(hours=8), timedelta(hours=21))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Keys of targets. `due` in the order in which to look at them, `later` by when, `barred` by score."""

    due: Sequence[int]
    later: Sequence[int]
    barred: Sequence[int]
    reasons: Counter[str]
    soonest: datetime | None  # of those who are due later

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.due) + len(self.later) + len(self.barred)


def load(narrowed: Conditions, *, at: datetime) -> Waiting:
    """Everybody of a queue, in one query."""
    why_not, parameters = crowds.why_not(at=at)
    rows = fetch(_ALL.format(where=narrowed.where, why_not=why_not), [*parameters, *narrowed.parameters])
    barred = [row for row in rows if row["barred"]]
    later = [row for row in rows if not row["barred"] and row["due_at"] > at]
    due = [row for row in rows if not row["barred"] and row["due_at"] <= at]
    awake = {name: _is_day(name, at=at) for name in {row["timezone"] for row in due}}

    def order(row: Mapping[str, Any]) -> tuple[Any, ...]:
        first = (0, row["due_at"], -row["score"]) if row["is_callback"] else (1, -row["score"], row["due_at"])
        return (not awake[row["timezone"]], *first, row["id"])

    return Waiting(
        due=[row["id"] for row in sorted(due, key=order)],
        later=[row["id"] for row in sorted(later, key=lambda row: (row["due_at"], row["id"]))],
        barred=[row["id"] for row in sorted(barred, key=lambda row: (-row["score"], row["id"]))],
        reasons=Counter(row["barred"] for row in barred),
        soonest=min((row["due_at"] for row in later), default=None),
    )


def told(reasons: Mapping[str, int], sentences: Mapping[str, str] = crowds.BARRED) -> list[Barred]:
    """The reasons with how many they hold of, the most frequent first."""
    by_count = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return [Barred(rule=rule, sentence=sentences.get(rule, ""), count=count) for rule, count in by_count if count]


def in_words(barred: Iterable[Barred]) -> str:
    """As part of a refusal: "3 cannot be called: ..."; "" of nobody."""
    listed = [f"{each.count:,}: {each.sentence}" for each in barred]
    return f" Not to be called as things stand: {' '.join(listed)}" if listed else ""


def _is_day(name: str, *, at: datetime) -> bool:
    """Whether it is likely that somebody may be called there: whom to look at first, no more."""
    zone = zone_named(name)
    if zone is None:
        return True
    there = at.astimezone(zone)
    return _DAY[0] <= timedelta(hours=there.hour, minutes=there.minute) < _DAY[1]
