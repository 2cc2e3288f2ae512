"""Small made-up worlds to match in: a handful of real ZIP3 areas, random carriers, drivers and settings."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import strategies as st

from headhaul.carriers.choices import CdlLevel
from headhaul.carriers.services.matching.columns import CarrierColumns, DriverColumns
from headhaul.carriers.services.matching.regions import Geography, build_geography
from headhaul.carriers.services.matching.settings import MatchSettings, Reach
from headhaul.kernel.places import STATES, Zip3

AREAS = (
    Zip3(750, "TX", 33.1, -96.8), Zip3(752, "TX", 32.8, -96.8), Zip3(760, "TX", 32.7, -97.4),
    Zip3(787, "TX", 30.3, -97.7), Zip3(799, "TX", 31.8, -106.4), Zip3(880, "NM", 32.3, -106.8),
    Zip3(731, "OK", 35.5, -97.5), Zip3(100, "NY", 40.7, -74.0), Zip3(70, "NJ", 40.7, -74.1),
    Zip3(21, "MA", 42.4, -71.1), Zip3(900, "CA", 34.0, -118.2), Zip3(968, "HI", 21.3, -157.9),
    Zip3(967, "HI", 20.9, -157.1), Zip3(9, "PR", 18.4, -66.1), Zip3(995, "AK", 61.2, -149.9),
)  # fmt: skip


@cache
def small_country() -> Geography:
    """Fifteen areas from Boston to Honolulu, and the states' own places."""
    return build_geography(AREAS)


def random_carriers(rng: np.random.Generator, count: int, geo: Geography) -> CarrierColumns:
    """Any mix of places (state-only, unknown and foreign ones too), equipment, jobs and levels."""
    primary = rng.integers(0, 1024, count) & rng.integers(0, 1024, count) & rng.integers(0, 1024, count)
    secondary = rng.integers(0, 1024, count) & rng.integers(0, 1024, count) & rng.integers(0, 1024, count)
    return CarrierColumns(
        dot=np.arange(1, count + 1, dtype=np.int32),
        place=_places(rng, count, geo),
        primary=primary.astype(np.uint16),
        equipment=(primary | secondary).astype(np.uint16),
        jobs=rng.integers(0, 16, count).astype(np.uint8),
        min_level=rng.integers(0, 4, count).astype(np.uint8),
        specificity=rng.integers(0, 101, count).astype(np.uint8),
        freshness=rng.integers(0, 101, count).astype(np.uint8),
    )


def random_drivers(rng: np.random.Generator, count: int, geo: Geography) -> DriverColumns:
    """Any drivers, some without a place, equipment or wish."""
    recency = rng.integers(0, 1001, count)
    return DriverColumns(
        place=_places(rng, count, geo),
        equipment=(rng.integers(0, 1024, count) & rng.integers(0, 1024, count)).astype(np.uint16),
        jobs=rng.integers(0, 16, count).astype(np.uint8),
        level=rng.integers(0, 4, count).astype(np.uint8),
        recency=recency.astype(np.uint16),
        active7=recency > 850,
    )


def _places(rng: np.random.Generator, count: int, geo: Geography) -> np.ndarray:
    area = rng.integers(0, geo.areas, count)
    other = rng.integers(-2, len(geo), count)
    return np.where(rng.random(count) < 0.7, area, other).astype(np.int16)


radii = st.one_of(st.none(), st.sampled_from([0.0, 10.0, 50.0, 150.0, 250.0, 900.0]), st.floats(0, 6000))
bands = st.one_of(
    st.just(MatchSettings().closeness),
    st.just(()),
    st.dictionaries(st.integers(0, 3000).map(float), st.integers(0, 1000), max_size=4).map(
        lambda found: tuple(zip(sorted(found), sorted(found.values(), reverse=True), strict=True))
    ),
)


@st.composite
def match_settings(draw: st.DrawFn) -> MatchSettings:
    """Any settings that the product accepts, radii in any order."""
    closeness = draw(bands)
    return MatchSettings(
        reach=draw(st.sampled_from(Reach)),
        local_miles=draw(radii),
        dedicated_miles=draw(radii),
        regional_miles=draw(radii),
        otr_miles=draw(radii),
        near_miles=draw(st.sampled_from([0.0, 40.0, 100.0, 700.0, 5000.0])),
        closeness=closeness,
        closeness_beyond=draw(st.integers(0, min((weight for _, weight in closeness), default=1000))),
        across_water=draw(st.booleans()),
    )


SUMS = ("n", "near", "active7", "pool", "prox", "rec", "fit")
ALL_JOBS = 15


def place(name: str) -> int:
    """The number of "TX 752" or of the state "TX" in the small country."""
    geo, (state, *area) = small_country(), name.split()
    if area:
        return int(np.flatnonzero(geo.zip3 == int(area[0]))[0])
    return geo.areas + STATES[state].number


def a_carrier(**facts: int) -> CarrierColumns:
    """One carrier in Dallas that takes dry van drivers with class A for any job, unless told otherwise."""
    primary = facts.get("primary", facts.get("equipment", 1))
    return CarrierColumns(
        dot=np.array([facts.get("dot", 158121)], np.int32),
        place=np.array([facts.get("place", place("TX 752"))], np.int16),
        primary=np.array([primary], np.uint16),
        equipment=np.array([facts.get("equipment", primary)], np.uint16),
        jobs=np.array([facts.get("jobs", ALL_JOBS)], np.uint8),
        min_level=np.array([facts.get("min_level", CdlLevel.A)], np.uint8),
        specificity=np.array([facts.get("specificity", 100)], np.uint8),
        freshness=np.array([facts.get("freshness", 100)], np.uint8),
    )


def a_driver(count: int = 1, **facts: int) -> DriverColumns:
    """Drivers next door who fit that carrier, active today, unless told otherwise."""
    return DriverColumns(
        place=np.full(count, facts.get("place", place("TX 752")), np.int16),
        equipment=np.full(count, facts.get("equipment", 1), np.uint16),
        jobs=np.full(count, facts.get("jobs", ALL_JOBS), np.uint8),
        level=np.full(count, facts.get("level", CdlLevel.A), np.uint8),
        recency=np.full(count, facts.get("recency", 1000), np.uint16),
        active7=np.full(count, facts.get("recency", 1000) > 850, np.bool_),
    )


def together(*pools: DriverColumns) -> DriverColumns:
    """Some pools as one."""
    return DriverColumns(*(np.concatenate([getattr(pool, name) for pool in pools]) for name in DriverColumns.__slots__))
