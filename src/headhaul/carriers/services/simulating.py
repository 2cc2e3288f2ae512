"""What if we had more drivers, or fewer: which carriers cross the threshold, and whom to recruit next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from headhaul.carriers.choices import CdlLevel, Equipment, JobType
from headhaul.carriers.schemas.signals import (
    DriverGroup,
    MovedCarrier,
    RemovedGroup,
    SimulateSignals,
    Simulation,
    Suggestion,
)
from headhaul.carriers.services.market import Market, market, names_of
from headhaul.carriers.services.matching.cells import DriverCells
from headhaul.carriers.services.matching.columns import DriverColumns, Ints
from headhaul.carriers.services.matching.score import prospects
from headhaul.carriers.services.matching.whatif import (
    Profile,
    candidate_grid,
    recruit_next,
    recruits,
    simulate,
    spread,
    state_places,
)
from headhaul.kernel import InvalidData
from headhaul.kernel.places import STATE_CODES, STATES

MOST_ADDED = 200_000
SUGGESTIONS = 10
MANY_CARRIERS = 100_000  # beyond, suggestions look at the states with most carriers unless states are named
STATES_LOOKED_AT = 8


def what_if(*, asked: SimulateSignals, at: datetime) -> Simulation:
    """The change, exactly as a whole new run would find it."""
    _check_states(asked)
    here = market(at=at)
    added = _added(asked.add, here)
    removed = _removed(asked.remove, here)
    changed = simulate(
        here.found, here.carriers, here.geo, here.rules, added=added, removed=removed, eligible=here.eligible
    )
    now = int((prospects(here.found, here.scored, here.rules.scoring) & here.eligible).sum())
    shown = [*changed.opened[: asked.limit].tolist(), *changed.closed[: asked.limit].tolist()]
    names = names_of([int(here.carriers.dot[row]) for row in shown])

    def moved(rows: Ints) -> list[MovedCarrier]:
        listed = []
        for row in rows[: asked.limit].tolist():
            dot = int(here.carriers.dot[row])
            name, state, segment = names.get(dot, ("", "", "unknown"))
            before, after = changed.score_of(row)
            drivers = int(changed.found.n[np.searchsorted(changed.rows, row)])
            listed.append(
                MovedCarrier(
                    dot_number=dot,
                    name=name,
                    state=state,
                    segment=segment,
                    before=round(before, 2),
                    after=round(after, 2),
                    driver_count=drivers,
                )
            )
        return listed

    return Simulation(
        threshold=here.rules.scoring.threshold,
        min_drivers=here.rules.scoring.min_drivers,
        smallest_fleet=here.bar.fleet,
        prospects_now=now,
        prospects_then=now + len(changed.opened) - len(changed.closed),
        moved=len(changed.rows),
        opened_count=len(changed.opened),
        closed_count=len(changed.closed),
        opened=moved(changed.opened),
        closed=moved(changed.closed),
        suggestions=_suggestions(asked, here) if asked.suggest_count else [],
    )


def _check_states(asked: SimulateSignals) -> None:
    """A state that is none would silently take nobody away, or suggest the whole country."""
    named = {code for group in asked.remove for code in group.states} | set(asked.suggest_states)
    if unknown := sorted(named - STATES.keys()):
        raise InvalidData(f"There is no state {', '.join(unknown)}.", fields={"states": "codes like TX"})


def _added(groups: Sequence[DriverGroup], here: Market) -> DriverColumns | None:
    if not groups:
        return None
    if sum(group.count for group in groups) > MOST_ADDED:
        raise InvalidData(f"A what-if adds at most {MOST_ADDED:,} drivers.", fields={"add": "fewer drivers"})
    parts = [recruits(_profile(group), _homes(group, here)) for group in groups]
    return DriverColumns(*(np.concatenate([getattr(part, name) for part in parts]) for name in DriverColumns.__slots__))


def _profile(group: DriverGroup) -> Profile:
    levels = {"A": CdlLevel.A_HAZMAT if group.hazmat else CdlLevel.A, "B": CdlLevel.B, "C": CdlLevel.NONE_OR_C}
    jobs = sum(1 << JobType[code.upper()] for code in set(group.jobs)) or (1 << len(JobType)) - 1
    return Profile(sum(1 << Equipment[code.upper()] for code in set(group.equipment)), jobs, levels[group.cdl])


def _homes(group: DriverGroup, here: Market) -> Ints:
    if group.zip:
        place = int(here.geo.places_of(zip3=np.array([int(group.zip[:3])]), state=np.array([-1]))[0])
        if place < 0:
            raise InvalidData(f"ZIP {group.zip} is no place we know.", fields={"zip": "unknown"})
        return np.full(group.count, place, np.int64)
    if group.state not in STATES:
        raise InvalidData("Say where the drivers live: a state or a ZIP code.", fields={"state": "unknown"})
    return spread(group.count, state_places(here.geo, STATES[group.state].number), here.cells)


def _removed(groups: Sequence[RemovedGroup], here: Market) -> DriverCells | None:
    if not groups:
        return None
    chosen = np.zeros(len(here.cells), np.bool_)
    for group in groups:
        numbers = [STATES[code].number for code in group.states if code in STATES]
        mine = np.ones(len(here.cells), np.bool_)
        if group.states:
            mine &= np.isin(here.geo.state[here.cells.place], numbers)
        if group.equipment:
            kinds = sum(1 << Equipment[code.upper()] for code in set(group.equipment))
            mine &= here.cells.equipment & np.uint16(kinds) != 0
        if group.jobs:
            jobs = sum(1 << JobType[code.upper()] for code in set(group.jobs))
            mine &= here.cells.jobs & np.uint8(jobs) != 0
        chosen |= mine  # groups that overlap take a driver away once
    return here.cells.take(chosen)


def _suggestions(asked: SimulateSignals, here: Market) -> list[Suggestion]:
    states = [STATES[code].number for code in asked.suggest_states if code in STATES]
    if not states:
        based = here.carriers.place[here.eligible & (here.carriers.place >= 0)]
        tally = np.bincount(here.geo.state[based], minlength=len(STATE_CODES))
        most = STATES_LOOKED_AT if len(here.carriers) > MANY_CARRIERS else len(STATE_CODES)
        states = [int(state) for state in np.argsort(-tally, kind="stable")[:most] if tally[state]]
    candidates = candidate_grid(here.geo, here.cells, count=asked.suggest_count, states=states, names=STATE_CODES)
    ranked = recruit_next(here.found, here.carriers, here.geo, here.rules, candidates, eligible=here.eligible)
    found = []
    for each in ranked[:SUGGESTIONS]:
        kind, state, work = each.name.split(":")
        found.append(
            Suggestion(equipment=kind, state=state, work=work, opened=each.opened, points=round(each.points, 1))
        )
    return [each for each in found if each.points > 0]
