"""Why a carrier has its score: of its stored signal, or worked out now when it has none."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from headhaul.carriers.choices import Demand, Equipment, JobType, Level
from headhaul.carriers.models import Signal as SignalModel
from headhaul.carriers.schemas.signals import (
    Count,
    DemandWords,
    LeverWords,
    ReasonPoints,
    Signal,
    SignalExplanation,
)
from headhaul.carriers.selectors import carriers as carrier_reads
from headhaul.carriers.selectors import signals
from headhaul.carriers.services.details import verdict_words
from headhaul.carriers.services.market import supply_of_pool
from headhaul.carriers.services.matching.columns import BreakdownColumns, MatchColumns
from headhaul.carriers.services.matching.demand import demand_facts, urgency
from headhaul.carriers.services.matching.reasons import Rules, explain
from headhaul.carriers.services.matching.regions import geography
from headhaul.carriers.services.matching_input import read_census
from headhaul.carriers.services.tuning import demand_settings, match_settings, score_settings
from headhaul.carriers.services.worthiness import worthiness
from headhaul.kernel.places import STATE_CODES, STATES


def explanation(*, dot_number: int, at: datetime) -> SignalExplanation:
    """Points, words and levers of a carrier's score."""
    carrier = carrier_reads.get(dot_number)
    stored = signals.one(dot_number=dot_number)
    day = stored.day if stored else at.date()
    census = read_census(day=day, at=at, dot_number=dot_number)
    columns = census.carriers(geography())
    if stored is not None:
        found, parts = _found(stored), _parts(stored)
    else:
        now = supply_of_pool(day=day).of(columns, 0)
        found, parts = now.found, now.parts
    said = explain(found, columns, 0, Rules(match_settings(), score_settings()), parts)
    demand = census.demand(slice(0, 1))
    level = Level(stored.urgency) if stored else Level(int(urgency(demand, demand_settings()).urgency[0]))
    by_equipment, by_job, by_state = counts(parts)
    return SignalExplanation(
        dot_number=dot_number,
        name=carrier.display_name,
        day=stored.day if stored else None,
        score=stored.score if stored else round(said.score, 2),
        base=round(said.base, 2),
        confidence=Level(stored.confidence).code if stored else said.confidence.code,
        urgency=level.code,
        certainty=round(said.certainty, 4),
        headline=said.headline,
        reasons=[
            ReasonPoints(
                code=each.code,
                points=round(each.points, 2),
                missing=round(each.missing, 2),
                words=each.words,
                evidence=dict(each.evidence),
            )
            for each in said.reasons
        ],
        levers=[
            LeverWords(code=each.code, reaches=round(each.reaches, 2), words=each.words, evidence=dict(each.evidence))
            for each in said.levers
        ],
        demand=[
            DemandWords(code=fact.code.name.lower(), strength=round(fact.strength, 3), words=fact.words)
            for fact in demand_facts(demand, 0, demand_settings())
        ],
        worthiness=verdict_words(worthiness(dot_number=dot_number, at=at)),
        by_equipment=by_equipment,
        by_job=by_job,
        by_state=by_state,
    )


def full_signal(stored: SignalModel) -> Signal:
    """A stored signal with what its drivers bring."""
    by_equipment, by_job, by_state = counts(_parts(stored))
    return Signal(
        day=stored.day,
        computed_at=stored.computed_at,
        signal=signals.as_row(stored, match_settings().near_miles),
        by_equipment=by_equipment,
        by_job=by_job,
        by_state=by_state,
        pool_in_reach=stored.pool,
        demand=[bit.name.lower() for bit in Demand if stored.demand_mask >> bit & 1],
    )


def counts(parts: BreakdownColumns) -> tuple[list[Count], list[Count], list[Count]]:
    """One row of a breakdown as lists for people, the most first."""
    by_equipment = [
        Count(code=kind.code, label=kind.label, count=int(parts.by_equipment[0, kind]))
        for kind in Equipment
        if parts.by_equipment[0, kind]
    ]
    by_job = [
        Count(code=job.code, label=job.label, count=int(parts.by_job[0, job]))
        for job in JobType
        if parts.by_job[0, job]
    ]
    names = {state.number: state.name for state in STATES.values()}
    by_state = [
        Count(code=STATE_CODES[state], label=names[state], count=int(count))
        for state, count in zip(parts.top_states[0].tolist(), parts.top_state_counts[0].tolist(), strict=True)
        if state >= 0
    ]
    return sorted(by_equipment, key=lambda each: -each.count), sorted(by_job, key=lambda each: -each.count), by_state


def _found(stored: SignalModel) -> MatchColumns:
    return MatchColumns(
        n=np.array([stored.n], np.int32),
        near=np.array([stored.near], np.int32),
        active7=np.array([stored.active7], np.int32),
        pool=np.array([stored.pool], np.int32),
        prox=np.array([stored.prox], np.int64),
        rec=np.array([stored.rec], np.int64),
        fit=np.array([stored.fit], np.int64),
        no_match=np.zeros(1, np.uint8),
    )


def _parts(stored: SignalModel) -> BreakdownColumns:
    states = [STATES[code].number for code in stored.top_states if code in STATES]
    padding = [-1] * (3 - len(states))
    tallies = [*stored.top_state_counts[: len(states)], *([0] * len(padding))]
    return BreakdownColumns(
        by_equipment=np.array([stored.by_equipment], np.int32),
        by_job=np.array([stored.by_job], np.int32),
        top_states=np.array([[*states, *padding]], np.int8),
        top_state_counts=np.array([tallies], np.int32),
    )
