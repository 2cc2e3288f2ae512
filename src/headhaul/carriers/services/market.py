"""The whole market in memory for what-if questions: made when first asked, kept while nothing changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.models import Carrier, ImportRun, SignalDay
from headhaul.carriers.selectors.bar import Bar
from headhaul.carriers.services.matching.cells import DriverCells, driver_cells
from headhaul.carriers.services.matching.columns import CarrierColumns, MatchColumns, ScoreColumns
from headhaul.carriers.services.matching.reasons import Rules
from headhaul.carriers.services.matching.regions import Geography, geography
from headhaul.carriers.services.matching.run import match
from headhaul.carriers.services.matching.score import score
from headhaul.carriers.services.matching.supply import Supply
from headhaul.carriers.services.matching_input import read_census, read_drivers
from headhaul.carriers.services.tuning import match_settings, score_settings

KEPT_FOR = 600.0  # seconds; a process then gives the memory back at the next question

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Market:
    """All carriers matched with the pool as it is."""

    carriers: CarrierColumns
    cells: DriverCells
    found: MatchColumns
    scored: ScoreColumns
    eligible: NDArray[np.bool_]  # worthy, and not below the smallest fleet
    bar: Bar
    geo: Geography
    rules: Rules


class _Kept:
    """One value per key; a new key or age makes it anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: Any = None
        self._value: Any = None
        self._made = 0.0

    def get(self, key: Any, make: Callable[[], T]) -> T:
        with self._lock:
            if self._key != key or time.monotonic() - self._made > KEPT_FOR:
                self._value = None  # let go of the old one before the new one is made
                self._value, self._key, self._made = make(), key, time.monotonic()
            kept: T = self._value
            return kept


_market, _supply = _Kept(), _Kept()


def market(*, at: datetime) -> Market:
    """The market of the current day's date, with the pool and the settings as they are."""
    rules = Rules(match_settings(), score_settings())
    bar = Bar.current()
    return _market.get((_version(), at.date(), rules, bar), lambda: _make(at, rules, bar))


def supply_of_pool(*, day: date) -> Supply:
    """The pool alone, for questions about one carrier."""
    rules = Rules(match_settings(), score_settings())
    return _supply.get((_version(), day, rules), lambda: Supply(_cells(day, rules), geography(), rules.matching))


def forget() -> None:
    """Make everything anew next time."""
    _market.get(object(), lambda: None)
    _supply.get(object(), lambda: None)


def names_of(dots: list[int]) -> dict[int, tuple[str, str, str]]:
    """(name, state, segment) of some carriers."""
    rows = Carrier.objects.filter(pk__in=dots).values_list(
        "dot_number", "dba_name", "legal_name", "phy_state", "segment"
    )
    return {dot: (dba or legal, state, segment) for dot, dba, legal, state, segment in rows}


def _make(at: datetime, rules: Rules, bar: Bar) -> Market:
    geo = geography()
    cells = _cells(at.date(), rules)
    census = read_census(day=at.date(), at=at)
    carriers = census.carriers(geo)
    found = match(carriers, cells, geo, rules.matching)
    return Market(
        carriers=carriers,
        cells=cells,
        found=found,
        scored=score(found, carriers, rules.scoring),
        eligible=(census.raw["gates"] == 0) & (np.maximum(census.raw["units"], 0) >= bar.fleet),
        bar=bar,
        geo=geo,
        rules=rules,
    )


def _cells(day: date, rules: Rules) -> DriverCells:
    drivers = read_drivers(day=day, geo=geography(), half_life_days=rules.scoring.recency_half_life_days)
    return driver_cells(drivers)


def _version() -> tuple[Any, ...]:
    """What changes when the data do: the newest computed day and the newest finished import."""
    day = SignalDay.objects.filter(is_current=True).values_list("computed_at", flat=True).first()
    run = ImportRun.objects.exclude(finished_at=None).order_by("-pk").values_list("pk", flat=True).first()
    return day, run
