"""The question of the what-if page as its address carries it: lines of drivers who come, and of drivers who go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Coming:
    """So many drivers of a kind, at home in a state or spread like the pool."""

    count: str = ""
    equipment: str = ""
    state: str = ""
    cdl: str = ""


@dataclass(frozen=True, slots=True)
class Going:
    """All drivers of the pool of a kind, a state, or both."""

    equipment: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is asked. Nothing asked is a page that invites a question."""

    coming: list[Coming] = field(default_factory=list)
    going: list[Going] = field(default_factory=list)
    suggest: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether there is something to compute."""
        return bool(self.coming or self.going or self.suggest)

    def data(self) -> dict[str, Any]:
        """As the action takes it."""
        return {
            "add": [_filled(count=c.count, equipment=[c.equipment], state=c.state, cdl=c.cdl) for c in self.coming],
            "remove": [_filled(equipment=_some(g.equipment), state=_some(g.state)) for g in self.going],
            "suggestCount": self.suggest or 0,
        }


def scenario_of(query: QueryDict) -> Scenario:
    """Lines that say nothing are left out."""
    coming = [Coming(*values) for values in _lines(query, "count", "equipment", "state", "cdl")]
    going = [Going(*values) for values in _lines(query, "leaveEquipment", "leaveState")]
    return Scenario(
        coming=[line for line in coming if line.count][:MOST_LINES],
        going=[line for line in going if line.equipment or line.state][:MOST_LINES],
        suggest=query.get("suggest", "").strip(),
    )


def _lines(query: QueryDict, *names: str) -> list[tuple[str, ...]]:
    columns = [query.getlist(name) for name in names]
    longest = max(map(len, columns))
    padded = [column + [""] * (longest - len(column)) for column in columns]
    return [tuple(value.strip() for value in line) for line in zip(*padded, strict=True)]


def _some(value: str) -> list[str]:
    return [value] if value else []


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
