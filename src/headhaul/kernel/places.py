"""Where things are: states and their neighbours, ZIP codes with coordinates and time zones.

Offline, from the package `zipcodes`: unitedstateszipcodes.org base, GeoNames coordinates (CC BY 4.0), USPS
active list.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

EARTH_RADIUS_MILES = 3958.8
_ZIP = re.compile(r"([0-9]{3,5})(?:[-\s]+[0-9]{0,4})?|([0-9]{7,9})")  # at most two leading zeros get lost


@dataclass(frozen=True, slots=True)
class State:
    """A state, the District or a territory. `number` is its row in data/states.csv: only append there."""

    number: int
    code: str
    name: str
    fmcsa_region: int
    road_network: str  # one can drive between places of the same network
    neighbours: frozenset[str]


def _read_states() -> dict[str, State]:
    text = files("headhaul.kernel").joinpath("data/states.csv").read_text(encoding="utf-8")
    return {
        row["code"]: State(
            number=number,
            code=row["code"],
            name=row["name"],
            fmcsa_region=int(row["fmcsa_region"]),
            road_network=row["road_network"],
            neighbours=frozenset(row["neighbours"].split()),
        )
        for number, row in enumerate(csv.DictReader(text.splitlines()))
    }


STATES: dict[str, State] = _read_states()
STATE_CODES: tuple[str, ...] = tuple(STATES)

US_BUT_NOWHERE = frozenset({"AA", "AE", "AP", "FM", "MH", "PW"})
"""Codes of American mail without a place one can drive to: the forces abroad and the associated states."""


def is_foreign(state: str, country: str = "") -> bool:
    """Whether an address is abroad: by its country, or by a province's or foreign state's code."""
    if country.strip().upper() not in {"", "US", "USA"}:
        return True
    code = state.strip().upper()
    return bool(code) and code not in STATES and code not in US_BUT_NOWHERE


@dataclass(frozen=True, slots=True)
class Place:
    """A ZIP code."""

    zip_code: str
    city: str
    state: str
    latitude: float
    longitude: float
    time_zone: str  # IANA name, "" where the source has none


@dataclass(frozen=True, slots=True)
class Zip3:
    """The first three digits of ZIP codes: about 900 areas of the country, each at the mean of its ZIPs."""

    number: int
    state: str  # of most of its ZIPs
    latitude: float
    longitude: float


def zip5(text: str) -> str:
    """The five digits of a ZIP as files write it (ZIP+4, nine digits, lost zeros); "" if it is none."""
    found = _ZIP.fullmatch(text.strip())
    if found is None:
        return ""
    five, nine = found.groups()
    return nine.zfill(9)[:5] if nine else five.zfill(5)


def _located(row: dict[str, Any]) -> bool:
    """Whether the source knows where it is: it puts military and some special ZIPs nowhere or at 0, 0."""
    if row["state"] not in STATES or not row["lat"] or not row["long"]:
        return False
    return (float(row["lat"]), float(row["long"])) != (0.0, 0.0)


@lru_cache(maxsize=65_536)
def place_of_zip(zip_code: str) -> Place | None:
    """Where a ZIP code is; None for an unknown, foreign or military one."""
    import zipcodes  # the package unpacks its data on first use

    code = zip5(zip_code)
    if not code:
        return None
    for row in zipcodes.matching(code):
        if _located(row):
            return Place(code, row["city"], row["state"], float(row["lat"]), float(row["long"]), row["timezone"] or "")
    return None


@cache
def zip3_areas() -> tuple[Zip3, ...]:
    """All three-digit areas in order, at the mean of their ordinary ZIPs (of all where none is ordinary)."""
    import zipcodes

    ordinary: dict[int, list[tuple[str, float, float]]] = defaultdict(list)
    special: dict[int, list[tuple[str, float, float]]] = defaultdict(list)
    for first_digit in "0123456789":  # in parts: the whole list would stay in the package's memory, 80 MB
        for row in zipcodes.similar_to(first_digit):
            if _located(row):
                kind = ordinary if row["zip_code_type"] == "STANDARD" else special
                kind[int(row["zip_code"][:3])].append((row["state"], float(row["lat"]), float(row["long"])))
    areas = []
    for number in sorted(ordinary.keys() | special.keys()):
        rows = ordinary.get(number) or special[number]
        areas.append(
            Zip3(
                number=number,
                state=Counter(state for state, _, _ in rows).most_common(1)[0][0],
                latitude=sum(latitude for _, latitude, _ in rows) / len(rows),
                longitude=sum(longitude for _, _, longitude in rows) / len(rows),
            )
        )
    return tuple(areas)


def haversine_miles(latitude_a: Any, longitude_a: Any, latitude_b: Any, longitude_b: Any) -> Any:
    """Great-circle miles between points in degrees; numbers or NumPy arrays that broadcast."""
    import numpy as np

    lat_a, lon_a, lat_b, lon_b = (np.radians(x) for x in (latitude_a, longitude_a, latitude_b, longitude_b))
    half = np.sin((lat_a - lat_b) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_a - lon_b) / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
