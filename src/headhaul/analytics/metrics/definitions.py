"""What a metric is: a number of the business, defined once for its page, its help, its documents and its snapshots."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_KEY = re.compile(r"[a-z][A-Za-z0-9]*")


class Unit(StrEnum):
    """What a number is counted in."""

    COUNT = "count"
    CENTS = "cents"
    PERCENT = "percent"
    DAYS = "days"
    CENTS_A_DAY = "cents_a_day"
    TIMES = "times"
    MONTHS = "months"

    @property
    def label(self) -> str:
        """How the reference says it."""
        return {
            "count": "a count", "cents": "money, in cents", "percent": "percent", "days": "days",
            "cents_a_day": "money a day, in cents", "times": "times", "months": "months",
        }[self.value]  # fmt: skip


class Better(StrEnum):
    """Which way a number should go."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"

    def verdict(self, change: float) -> str:
        """Whether a change was for the better, for the worse, or neither, in a word."""
        if not change or self is Better.NEITHER:
            return "neither"
        return "better" if (change > 0) == (self is Better.MORE) else "worse"

    @property
    def label(self) -> str:
        """How the reference says it."""
        return {"more": "more", "less": "less", "neither": "neither by itself"}[self.value]


@dataclass(frozen=True, slots=True)
class Metric:
    """A number: how it is called, how it is reckoned, from what, and who answers for it.

    `version` is raised whenever the formula changes, so that a snapshot of the old one is not compared with the new.
    """

    key: str  # as on the wire and in snapshots; never changes
    name: str
    formula: str
    unit: Unit
    better: Better
    tables: tuple[str, ...]  # what it is read from
    action: str  # the read action that gives it
    owner: str  # the room that answers for the rows behind it
    help: str  # one or two sentences beside the figure
    group: str  # the heading it stands under
    version: int = 1

    @property
    def source(self) -> str:
        """Where it comes from, in words."""
        return f"{', '.join(self.tables)}; by {self.action}"


_metrics: dict[str, Metric] = {}


def define(*metrics: Metric) -> None:
    """Put metrics into the catalogue; TypeError for a key that is taken or for one without words."""
    for metric in metrics:
        if not _KEY.fullmatch(metric.key):
            raise TypeError(f"metric {metric.key!r}: a key is camelCase, as on the wire")
        if metric.key in _metrics and _metrics[metric.key] != metric:
            raise TypeError(f"metric {metric.key} is defined twice")
        if not all((metric.name, metric.formula, metric.help, metric.tables, metric.action, metric.owner)):
            raise TypeError(f"metric {metric.key} needs a name, a formula, help, its source and an owner")
        _metrics[metric.key] = metric


def catalogue() -> dict[str, Metric]:
    """All metrics by key, in the order in which they were defined."""
    return dict(_metrics)


def metric(key: str) -> Metric:
    """The metric of that key; KeyError for one that nobody defined."""
    return _metrics[key]


def version_of(metrics: Iterable[Metric]) -> str:
    """What a snapshot names as the definitions it was made by: changes with each of them."""
    told = "\n".join(sorted(f"{each.key} {each.version} {each.unit}" for each in metrics))
    return hashlib.sha256(told.encode()).hexdigest()[:12]
