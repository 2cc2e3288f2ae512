"""What conditions leave possible for a fact, and whether two of them can hold at once. Used to find loops of rules.

What cannot be said here (dates, parts of texts) is left open: then a contradiction is missed, never invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from headhaul.pipeline.choices import Comparison as Op
from headhaul.pipeline.choices import RuleMatch

MOST_ALTERNATIVES = 64
INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The values a fact may have: among `only` when there is such a list, none of `never`, and between low and high.

    For tags: those that must be there, and those that must not.
    """

    only: frozenset[Any] | None = None
    never: frozenset[Any] = frozenset()
    low: float = -INFINITE
    high: float = INFINITE
    has: frozenset[Any] = frozenset()
    has_not: frozenset[Any] = frozenset()

    def both(self, other: Bounds) -> Bounds:
        """What both leave possible."""
        lists = [each.only for each in (self, other) if each.only is not None]
        return Bounds(
            only=frozenset.intersection(*lists) if lists else None,
            never=self.never | other.never,
            low=max(self.low, other.low),
            high=min(self.high, other.high),
            has=self.has | other.has,
            has_not=self.has_not | other.has_not,
        )

    @property
    def is_impossible(self) -> bool:
        """Whether nothing is left."""
        if self.low > self.high or self.has & self.has_not:
            return True
        return self.only is not None and not any(self._fits(value) for value in self.only - self.never)

    def without(self, value: Any) -> Bounds:
        """The same, but not this value."""
        return replace(self, never=self.never | {value})

    def _fits(self, value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return True
        return self.low <= value <= self.high


OPEN = Bounds()
Known = Mapping[str, Bounds]


def exactly(value: Any) -> Bounds:
    """One value and no other."""
    return Bounds(only=frozenset({_plain(value)}))


def merged(*parts: Known) -> dict[str, Bounds] | None:
    """All of them together; None when they contradict each other."""
    together: dict[str, Bounds] = {}
    for part in parts:
        for name, bounds in part.items():
            together[name] = together.get(name, OPEN).both(bounds)
            if together[name].is_impossible:
                return None
    return together


def alternatives(conditions: Sequence[Mapping[str, Any]], match: str) -> list[dict[str, Bounds]]:
    """The ways in which the conditions can hold, each as bounds by fact. Contradictory ways are left out."""
    lines = [_of_line(line) for line in conditions]
    if not lines:
        return [{}]
    if match == RuleMatch.ANY:
        return [way for ways in lines for way in ways]
    size = 1
    kept = []
    for ways in lines:
        if size * max(len(ways), 1) > MOST_ALTERNATIVES:
            continue  # leaving a line out only makes more possible
        size *= max(len(ways), 1)
        kept.append(ways)
    return [way for parts in product(*kept) if (way := merged(*parts)) is not None]


def _of_line(line: Mapping[str, Any]) -> list[dict[str, Bounds]]:
    if line.get("anyOf"):
        return [_of_comparison(each) for each in line["anyOf"]]
    if line.get("allOf"):
        way = merged(*(_of_comparison(each) for each in line["allOf"]))
        return [] if way is None else [way]
    return [_of_comparison(line)]


def _of_comparison(line: Mapping[str, Any]) -> dict[str, Bounds]:
    op, value = Op(line["op"]), line.get("value")
    bounds = _bounds(op, value)
    return {} if bounds == OPEN else {str(line["field"]): bounds}


def _bounds(op: Op, value: Any) -> Bounds:
    match op:
        case Op.IS:
            return exactly(value)
        case Op.IS_NOT:
            return Bounds(never=frozenset({_plain(value)}))
        case Op.IN:
            return Bounds(only=frozenset(_plain(one) for one in value))
        case Op.NOT_IN:
            return Bounds(never=frozenset(_plain(one) for one in value))
        case Op.HAS:
            return Bounds(has=frozenset({_plain(value)}))
        case Op.HAS_NOT:
            return Bounds(has_not=frozenset({_plain(value)}))
        case Op.IS_EMPTY:
            return Bounds(only=frozenset({None}))
        case Op.IS_SET:
            return Bounds(never=frozenset({None}))
    return _of_size(op, value)


def _of_size(op: Op, value: Any) -> Bounds:
    there = frozenset({None})
    match op:  # an open end counts as closed: that only makes more possible
        case Op.LESS | Op.AT_MOST:
            return Bounds(high=float(value), never=there)
        case Op.MORE | Op.AT_LEAST:
            return Bounds(low=float(value), never=there)
    return OPEN


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold()
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
