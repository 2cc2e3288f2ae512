"""Places and the miles between them: ZIP3 areas, and one place "somewhere in the state" for rows without a ZIP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import JobType
from headhaul.carriers.services.matching.columns import FOREIGN_PLACE, UNKNOWN_PLACE, Bools, Floats, Int
from headhaul.carriers.services.matching.settings import MatchSettings, Reach
from headhaul.kernel.places import STATE_CODES, STATES, Zip3, haversine_miles, zip3_areas

UNSURE_MILES = 250.0  # where regional work is set to reach anywhere, "somewhere in or beside the state" counts as this


@dataclass(frozen=True, slots=True, eq=False)
class Geography:
    """Numbered places: first the ZIP3 areas in order, then one place per state."""

    zip3: NDArray[np.int16]  # (areas,) three-digit numbers, ascending
    state: NDArray[np.int8]  # (places,) state numbers of kernel.places
    latitude: Floats
    longitude: Floats
    miles: NDArray[np.float32]  # (places, places) between centroids
    adjacent: Bools  # (states, states) same or neighbouring
    network: NDArray[np.int8]  # (states,) one can drive between states of equal network

    @property
    def areas(self) -> int:
        """How many of the places are ZIP3 areas."""
        return len(self.zip3)

    def __len__(self) -> int:
        return len(self.state)

    def places_of(self, *, zip3: Int, state: Int, foreign: Bools | None = None) -> NDArray[np.int16]:
        """Place numbers of rows: by ZIP3 (−1 none), else by state number (−1 none), else one of the two codes."""
        table = np.full(1000, UNKNOWN_PLACE, np.int16)
        table[self.zip3] = np.arange(self.areas, dtype=np.int16)
        known_zip = (zip3 >= 0) & (zip3 < 1000)
        place = np.where(known_zip, table[np.where(known_zip, zip3, 0)], np.int16(UNKNOWN_PLACE))
        by_state = (place == UNKNOWN_PLACE) & (state >= 0)
        place[by_state] = (state[by_state] + self.areas).astype(np.int16)
        if foreign is not None:
            place[foreign] = FOREIGN_PLACE
        return place

    def name(self, place: int) -> str:
        """For people: "ZIP 752xx, TX" or "TX"."""
        code = STATE_CODES[self.state[place]]
        return f"ZIP {self.zip3[place]:03d}xx, {code}" if place < self.areas else code


def state_numbers(codes: Iterable[str]) -> NDArray[np.int8]:
    """State numbers of two-letter codes; −1 for anything else."""
    known = {code: state.number for code, state in STATES.items()}
    return np.fromiter((known.get(code, -1) for code in codes), np.int8)


def build_geography(areas: Iterable[Zip3]) -> Geography:
    """A geography of these ZIP3 areas; a state's own place lies in the middle of its areas."""
    rows = sorted(areas, key=lambda area: area.number)
    lat = np.array([area.latitude for area in rows])
    lon = np.array([area.longitude for area in rows])
    of_area = np.array([STATES[area.state].number for area in rows], np.int8)
    numbers = np.arange(len(STATES))
    inside = of_area[None, :] == numbers[:, None]
    count = np.maximum(inside.sum(axis=1), 1)
    lat, lon = np.append(lat, inside @ lat / count), np.append(lon, inside @ lon / count)
    miles = haversine_miles(lat[:, None], lon[:, None], lat[None, :], lon[None, :]).astype(np.float32)
    adjacent = np.array(
        [[a is b or b.code in a.neighbours for b in STATES.values()] for a in STATES.values()], np.bool_
    )
    networks = sorted({state.road_network for state in STATES.values()})
    return Geography(
        zip3=np.array([area.number for area in rows], np.int16),
        state=np.append(of_area, numbers).astype(np.int8),
        latitude=lat,
        longitude=lon,
        miles=miles,
        adjacent=adjacent,
        network=np.array([networks.index(state.road_network) for state in STATES.values()], np.int8),
    )


@cache
def geography() -> Geography:
    """The United States, built once per process (about a CPU-second, nearly all of it reading ZIP codes)."""
    return build_geography(zip3_areas())


@dataclass(frozen=True, slots=True)
class Region:
    """Who is in reach of whom under some settings. Rows: the carrier's place; columns: the driver's home."""

    in_reach: tuple[Bools, Bools, Bools, Bools]  # per job type
    near: Bools
    closeness: NDArray[np.int16]  # thousandths


@lru_cache(maxsize=4)
def region(geo: Geography, settings: MatchSettings) -> Region:
    """The reach of every job type, the near places and the closeness of every pair of places."""
    beside = geo.adjacent[np.ix_(geo.state, geo.state)]
    radius = {job: settings.radius(job) for job in JobType}
    edge = radius[JobType.REGIONAL] if np.isfinite(radius[JobType.REGIONAL]) else UNSURE_MILES
    miles = geo.miles.astype(np.float64)
    somewhere = np.arange(len(geo)) >= geo.areas
    vague = somewhere[:, None] | somewhere[None, :]
    miles = np.where(vague, np.where(beside, edge, np.maximum(miles, edge + 1)), miles)
    reach = miles
    if settings.reach is Reach.ADJACENT:
        reach = np.where(beside, np.minimum(miles, edge), np.maximum(miles, edge + 1))
        radius[JobType.REGIONAL] = edge
    if not settings.across_water:
        apart = geo.network[geo.state][:, None] != geo.network[geo.state][None, :]
        miles, reach = np.where(apart, np.inf, miles), np.where(apart, np.inf, reach)
    edges = np.array([until for until, _ in settings.closeness])
    weights = np.array([*(weight for _, weight in settings.closeness), settings.closeness_beyond], np.int16)
    local, dedicated, regional, otr = ((reach <= radius[job]) & np.isfinite(reach) for job in JobType)
    return Region(
        in_reach=(local, dedicated, regional, otr),
        near=miles <= settings.near_miles,
        closeness=weights[np.searchsorted(edges, miles)],
    )


def blocks(geo: Geography, places: Int, *, size: int) -> list[NDArray[np.int16]]:
    """These places in groups of neighbours, each group on one road network and at most `size` strong."""
    done: list[NDArray[np.int16]] = []
    network = geo.network[geo.state[places]]
    width = geo.longitude * np.cos(np.radians(geo.latitude))
    groups = [
        places[(network == number) & (places >= geo.areas if vague else places < geo.areas)]
        for number in np.unique(network)
        for vague in (False, True)
    ]
    while groups:
        group = groups.pop()
        if len(group) > size:
            north, east = geo.latitude[group], width[group]
            across = north if np.ptp(north) > np.ptp(east) else east
            ordered = group[np.argsort(across, kind="stable")]
            groups += [ordered[len(ordered) // 2 :], ordered[: len(ordered) // 2]]
        elif len(group):
            done.append(group.astype(np.int16))
    return done
