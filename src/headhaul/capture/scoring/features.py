"""From facts to numbers in 0..1. A fact that is not known counts as neutral, and `<name>_known` says 0."""

from __future__ import annotations

import math

from headhaul.capture.scoring.facts import Facts, Scale

SCORED = ("signal", "fleet", "region_supply", "equipment_fit", "source_quality")
"""The features the documented weights speak of."""
BESIDE = ("completeness",)
"""Kept for models that are fitted on outcomes; the documented weights do not use it."""


def features(facts: Facts, scale: Scale = Scale()) -> dict[str, float]:  # noqa: B008 - it is frozen
    """Named floats in 0..1: more of a fact never makes its number smaller.

    `completeness` is the share of name, e-mail, telephone and role that the contact gave. For each feature
    `<name>_known` is 1.0 or 0.0.
    """
    found: dict[str, float | None] = {
        "signal": None if facts.signal_score is None else facts.signal_score / 100,
        "fleet": None if facts.fleet_size is None else _fleet(facts.fleet_size, scale),
        "region_supply": None if facts.drivers_near is None else facts.drivers_near / scale.supply_full_at,
        "equipment_fit": facts.equipment_fit,
        "source_quality": None if facts.source_quality is None else facts.source_quality / 100,
        "completeness": (facts.has_contact_name + facts.has_email + facts.has_phone + facts.has_role) / 4,
    }
    numbers = {name: _bounded(scale.neutral if value is None else value) for name, value in found.items()}
    known = {f"{name}_known": float(value is not None) for name, value in found.items() if name in SCORED}
    return numbers | known


def trucks_for(value: float, scale: Scale) -> int:
    """The smallest fleet whose feature is at least `value`."""
    return math.ceil(math.expm1(value * math.log1p(scale.fleet_full_at)) - 1e-9)


def drivers_for(value: float, scale: Scale) -> int:
    """The fewest drivers close by whose feature is at least `value`."""
    return math.ceil(value * scale.supply_full_at - 1e-9)


def _fleet(trucks: int, scale: Scale) -> float:
    return math.log1p(max(trucks, 0)) / math.log1p(scale.fleet_full_at)


def _bounded(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 6)
