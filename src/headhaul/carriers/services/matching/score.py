"""Supply → 0–100. Every factor grows with a sum over matched drivers, so no additional driver can lower a score."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import Level
from headhaul.carriers.services.matching.columns import (
    FULL,
    Bools,
    CarrierColumns,
    Floats,
    Int,
    MatchColumns,
    ScoreColumns,
)
from headhaul.carriers.services.matching.settings import ScoreSettings

FACTORS = ("match", "region", "equipment", "recency")
CHUNK = 1 << 16  # rows at a time, so that intermediate columns stay small


@dataclass(frozen=True, slots=True)
class Factors:
    """The four factors, each between the floor and 1."""

    match: Floats
    region: Floats
    equipment: Floats
    recency: Floats

    def __iter__(self) -> Any:
        return iter((self.match, self.region, self.equipment, self.recency))


def factors(found: MatchColumns, specificity: Int, settings: ScoreSettings) -> Factors:
    """Each is floor + (1 − floor) · x / (x + half); the equipment factor also times what the cargo tells."""
    span = 1 - settings.floor
    certain = settings.specificity_floor + (1 - settings.specificity_floor) * (specificity / 100.0)

    def saturating(full_weight: Any, half: float) -> Floats:
        filled: Floats = full_weight / (full_weight + half)
        return filled

    return Factors(
        match=settings.floor + span * saturating(found.n.astype(np.float64), settings.match_half),
        region=settings.floor + span * saturating(found.prox / FULL, settings.region_half),
        equipment=settings.floor + span * certain * saturating(found.fit / FULL, settings.equipment_half),
        recency=settings.floor + span * saturating(found.rec / FULL, settings.recency_half),
    )


def score(found: MatchColumns, carriers: CarrierColumns, settings: ScoreSettings) -> ScoreColumns:
    """100 · Π fᵢ^wᵢ, and 0 where nobody fits."""
    size = len(found)
    scores, sure = np.zeros(size), np.zeros(size, np.uint8)
    for start in range(0, size, CHUNK):
        here = slice(start, start + CHUNK)
        part = found.take(here)
        logs = sum(
            weight * np.log(factor)
            for weight, factor in zip(
                settings.weights, factors(part, carriers.specificity[here], settings), strict=True
            )
        )
        scores[here] = np.where(part.n > 0, 100 * np.exp(logs), 0.0)
        sure[here] = confidence(part, carriers.freshness[here], settings)
    return ScoreColumns(scores, sure)


def certainty(found: MatchColumns, freshness: Int, settings: ScoreSettings) -> Floats:
    """0–1: how many drivers the answer rests on, and how fresh the census row and the drivers are."""
    drivers = np.maximum(found.n, 1)
    sample = found.n / (found.n + settings.confidence_half)
    both_fresh = np.sqrt(freshness / 100.0 * (found.rec / (FULL * drivers)))
    sure: Floats = sample * both_fresh
    return sure


def confidence(found: MatchColumns, freshness: Int, settings: ScoreSettings) -> NDArray[np.uint8]:
    """Low, medium or high (choices.Level)."""
    return _steps(certainty(found, freshness, settings), settings.confidence_medium, settings.confidence_high)


def prospects(found: MatchColumns, scored: ScoreColumns, settings: ScoreSettings) -> Bools:
    """Who is worth an account: score and drivers reach the settings."""
    worth: Bools = (scored.score >= settings.threshold) & (found.n >= settings.min_drivers)
    return worth


def spikes(now: Int, week_ago: Int, settings: ScoreSettings) -> Bools:
    """Whose matched drivers rose by more than the set share within a week, on a base that means something."""
    enough = (now >= settings.spike_base) & (week_ago >= settings.spike_base)
    more = week_ago * settings.spike_rise * (1 + 1e-9)  # a rise by exactly the share is none, however it is rounded
    risen: Bools = enough & (now - week_ago > more)
    return risen


def recency_weight(days: NDArray[Any], half_life_days: float) -> NDArray[np.uint16]:
    """Thousandths by days since a driver was last active; NaN (never seen) counts nothing."""
    known = np.asarray(days, np.float64)
    weight = np.rint(FULL * 0.5 ** (np.maximum(known, 0) / half_life_days))
    return np.where(np.isnan(known), 0, weight).astype(np.uint16)


def data_freshness(days: NDArray[Any]) -> NDArray[np.uint8]:
    """Percent by days since the MCS-150 (NaN: no date)."""
    rates = scoring_rates()
    steps = rates["data_freshness"]
    known = np.asarray(days, np.float64)
    step = np.searchsorted([each["months"] * 365.25 / 12 for each in steps], np.nan_to_num(known, nan=0.0))
    percent = np.array([each["percent"] for each in steps])[np.minimum(step, len(steps) - 1)]
    percent = np.where(np.isnan(known), rates["data_freshness_otherwise"]["blank"], percent)
    capped: NDArray[np.uint8] = np.minimum(percent, 100).astype(np.uint8)
    return capped


@cache
def scoring_rates() -> dict[str, Any]:
    """data/scoring_rates.toml."""
    return tomllib.loads((files("headhaul.carriers") / "data/scoring_rates.toml").read_text(encoding="utf-8"))


def _steps(value: Floats, medium: float, high: float) -> NDArray[np.uint8]:
    return np.where(value >= high, Level.HIGH, np.where(value >= medium, Level.MEDIUM, Level.LOW)).astype(np.uint8)
