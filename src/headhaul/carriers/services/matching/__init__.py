"""Carriers × drivers, exactly, in one set-based run; the score, its reasons, and what a change of the pool does.

    geo = geography()                                             # places and distances, once per process
    place = geo.places_of(zip3=zip3, state=state_numbers(codes))  # −1 unknown, −2 foreign
    found = match(carriers, drivers, geo, MatchSettings())        # MatchColumns, the whole census at once
    scored = score(found, carriers, ScoreSettings())              # ScoreColumns
    pressing = urgency(facts, DemandSettings(), spiking=spikes(found.n, n_week_ago, settings))
    parts = breakdown(carriers, rows, drivers, geo, settings)     # by family, job and state, for the hits of a run
    mine = Supply(drivers, geo, settings).of(carriers, row)       # one carrier, in milliseconds
    why = explain(mine.found, mine.carrier, 0, Rules(...), mine.parts)  # reasons in points and words, levers
    then = simulate(found, carriers, geo, Rules(...), added=recruits(Profile(...), spread(200, places)))
    next_ = recruit_next(found, carriers, geo, Rules(...), candidate_grid(...))

`drivers` may be DriverColumns or the DriverCells made of them. Plain NumPy: no Django, no database, no clock.
"""

from headhaul.carriers.services.matching.breakdown import breakdown
from headhaul.carriers.services.matching.cells import DriverCells, driver_cells
from headhaul.carriers.services.matching.columns import (
    FOREIGN_PLACE,
    FULL,
    UNKNOWN_PLACE,
    BreakdownColumns,
    CarrierColumns,
    DemandColumns,
    DriverColumns,
    MatchColumns,
    NoMatch,
    ScoreColumns,
    UrgencyColumns,
)
from headhaul.carriers.services.matching.demand import demand_facts, urgency
from headhaul.carriers.services.matching.reasons import Explanation, Lever, Reason, Rules, explain, headline
from headhaul.carriers.services.matching.regions import Geography, geography, state_numbers
from headhaul.carriers.services.matching.run import match
from headhaul.carriers.services.matching.score import data_freshness, prospects, recency_weight, score, spikes
from headhaul.carriers.services.matching.settings import DemandSettings, MatchSettings, Reach, ScoreSettings
from headhaul.carriers.services.matching.supply import CarrierSupply, Supply
from headhaul.carriers.services.matching.whatif import (
    Candidate,
    Profile,
    Selection,
    Simulation,
    candidate_grid,
    recruit_next,
    recruits,
    simulate,
    spread,
    state_places,
)

__all__ = [
    "FOREIGN_PLACE",
    "FULL",
    "UNKNOWN_PLACE",
    "BreakdownColumns",
    "Candidate",
    "CarrierColumns",
    "CarrierSupply",
    "DemandColumns",
    "DemandSettings",
    "DriverCells",
    "DriverColumns",
    "Explanation",
    "Geography",
    "Lever",
    "MatchColumns",
    "MatchSettings",
    "NoMatch",
    "Profile",
    "Reach",
    "Reason",
    "Rules",
    "ScoreColumns",
    "ScoreSettings",
    "Selection",
    "Simulation",
    "Supply",
    "UrgencyColumns",
    "breakdown",
    "candidate_grid",
    "data_freshness",
    "demand_facts",
    "driver_cells",
    "explain",
    "geography",
    "headline",
    "match",
    "prospects",
    "recency_weight",
    "recruit_next",
    "recruits",
    "score",
    "simulate",
    "spikes",
    "spread",
    "state_numbers",
    "state_places",
    "urgency",
]
