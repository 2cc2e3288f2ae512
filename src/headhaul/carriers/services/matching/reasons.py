"""Why a score is what it is, in points and in a rep's words, and what would raise it.

Points. A score is 100 · Π fᵢ^wᵢ. With every factor at its floor it would be 100 · floor: the base. What is above
the base is shared among the factors by wᵢ · ln(fᵢ / floor), which is the Aumann–Shapley value along the straight
path of the logarithms: base and points add up to the score exactly, and a factor at its floor gets none. `missing`
shares the way to 100 in the same manner, by wᵢ · ln(1 / fᵢ).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, log

import numpy as np

from headhaul.carriers.choices import Equipment, Level
from headhaul.carriers.services.matching.columns import FULL, BreakdownColumns, CarrierColumns, MatchColumns, NoMatch
from headhaul.carriers.services.matching.score import FACTORS, certainty, confidence, factors, recency_weight, score
from headhaul.carriers.services.matching.settings import MatchSettings, ScoreSettings
from headhaul.kernel.places import STATE_CODES

MOST_FURTHER_DRIVERS = 2_000  # beyond, more drivers are no plan
WORTH_SAYING = 1.0  # points
THIS_WEEK = 7  # days


@dataclass(frozen=True, slots=True)
class Reason:
    """One factor: how many points it brings, how many it leaves, and why."""

    code: str
    points: float
    missing: float
    words: str
    evidence: Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True)
class Lever:
    """What would bring the score to `reaches`."""

    code: str
    reaches: float
    words: str
    evidence: Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One carrier's score. `base` and the reasons' points add up to it."""

    score: float
    base: float
    confidence: Level
    certainty: float
    headline: str
    reasons: list[Reason]
    levers: list[Lever]


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings a score was made with."""

    matching: MatchSettings
    scoring: ScoreSettings


def explain(
    found: MatchColumns, carriers: CarrierColumns, row: int, rules: Rules, parts: BreakdownColumns | None = None
) -> Explanation:
    """The carrier in this row of `found` and `carriers`; `parts` is its own one-row breakdown, when at hand."""
    one, carrier = found.take(slice(row, row + 1)), carriers.take(slice(row, row + 1))
    total = float(score(one, carrier, rules.scoring).score[0])
    nobody = int(one.n[0]) == 0
    return Explanation(
        score=total,
        base=0.0 if nobody else 100 * rules.scoring.floor,
        confidence=Level(int(confidence(one, carrier.freshness, rules.scoring)[0])),
        certainty=float(certainty(one, carrier.freshness, rules.scoring)[0]),
        headline=headline(one, carrier, rules.matching),
        reasons=[] if nobody else _reasons(one, carrier, rules, total, parts),
        levers=[] if one.no_match[0] else _levers(one, carrier, rules, total, parts),
    )


def headline(found: MatchColumns, carriers: CarrierColumns, settings: MatchSettings, row: int = 0) -> str:
    """One line for a list: "38 reefer drivers within 100 miles, 95 in all; 12 active this week"."""
    if found.no_match[row]:
        return NoMatch(int(found.no_match[row])).words
    n, near, active = int(found.n[row]), int(found.near[row]), int(found.active7[row])
    kinds = _kinds(int(carriers.equipment[row]))
    if not n:
        return f"No {kinds}driver fits." if int(found.pool[row]) else f"No {kinds}driver is in reach."
    miles = f"{settings.near_miles:g} miles"
    where = (
        f"{_count(n, kinds)} fit, none within {miles}"
        if not near
        else f"{_count(near, kinds)} within {miles}" + (f", {n:,} in all" if n > near else "")
    )
    return f"{where}; {active:,} active this week" if active else f"{where}; none active this week"


def _reasons(
    one: MatchColumns, carrier: CarrierColumns, rules: Rules, total: float, parts: BreakdownColumns | None
) -> list[Reason]:
    floor = rules.scoring.floor
    values = [float(factor[0]) for factor in factors(one, carrier.specificity, rules.scoring)]
    won = [weight * log(value / floor) for weight, value in zip(rules.scoring.weights, values, strict=True)]
    lost = [weight * log(1 / value) for weight, value in zip(rules.scoring.weights, values, strict=True)]
    above, below = total - 100 * floor, 100 - total
    words = _words(one, carrier, rules, parts)
    return sorted(
        (
            Reason(
                code=code,
                points=above * won[at] / (sum(won) or 1),
                missing=below * lost[at] / (sum(lost) or 1),
                words=words[code][0],
                evidence={"factor": values[at], "weight": rules.scoring.weights[at], **words[code][1]},
            )
            for at, code in enumerate(FACTORS)
        ),
        key=lambda reason: -reason.points,
    )


def _words(
    one: MatchColumns, carrier: CarrierColumns, rules: Rules, parts: BreakdownColumns | None
) -> dict[str, tuple[str, dict[str, int | float | str]]]:
    n, near, active, pool = (int(column[0]) for column in (one.n, one.near, one.active7, one.pool))
    primary = int(one.fit[0]) // (FULL // 2) - n
    miles = f"{rules.matching.near_miles:g} miles"
    kinds = _kinds(int(carrier.equipment[0]))
    specificity = int(carrier.specificity[0])
    match = f"{_count(n, kinds)} {'fits' if n == 1 else 'fit'}, of {pool:,} in reach with the licence."
    match += _families(parts)
    region = f"{near:,} of them within {miles}." if near else f"None of them within {miles}."
    if near == n:
        region = f"{'All' if n > 1 else 'The one'} within {miles}."
    region += _states(parts)
    main = _kinds(int(carrier.primary[0])).strip() or "its main equipment"
    equipment = f"{primary:,} of {n:,} {'runs' if primary == 1 else 'run'} {main}."
    if not carrier.primary[0]:
        equipment = "Its equipment is a guess from its cargo."
    elif specificity < 50:
        equipment += " Its cargo says little about what it runs."
    recency = f"{active:,} of them active this week." if active else "None of them active this week."
    return {
        "match": (match, {"drivers": n, "pool": pool}),
        "region": (region, {"near": near, "miles": rules.matching.near_miles, "full_weight": one.prox[0] / FULL}),
        "equipment": (equipment, {"primary": primary, "specificity": specificity, "full_weight": one.fit[0] / FULL}),
        "recency": (recency, {"active7": active, "full_weight": one.rec[0] / FULL}),
    }


def _families(parts: BreakdownColumns | None) -> str:
    if parts is None or np.count_nonzero(parts.by_equipment[0]) < 2:
        return ""
    counts = parts.by_equipment[0]
    best = sorted((kind for kind in Equipment if counts[kind]), key=lambda kind: (-counts[kind], kind))[:3]
    return " " + ", ".join(f"{counts[kind]:,} {_label(kind)}" for kind in best).capitalize() + "."


def _states(parts: BreakdownColumns | None) -> str:
    if parts is None:
        return ""
    pairs = zip(parts.top_states[0], parts.top_state_counts[0], strict=True)
    homes = [(STATE_CODES[state], int(count)) for state, count in pairs if state >= 0]
    if len(homes) < 2:
        return f" Home state: {homes[0][0]}." if homes else ""
    return " Home states: " + ", ".join(f"{code} {count:,}" for code, count in homes) + "."


def _levers(
    one: MatchColumns, carrier: CarrierColumns, rules: Rules, total: float, parts: BreakdownColumns | None
) -> list[Lever]:
    levers = [_more_drivers(one, carrier, rules, total, parts)]
    if int(one.n[0]):
        fresh = int(one.n[0]) * _weekly(rules)
        again = replace(one, rec=np.maximum(one.rec, fresh))
        levers.append(
            _if_worth("hear_again", total, again, carrier, rules, f"Hearing again from all {int(one.n[0]):,} who fit")
        )
        known = replace(carrier, specificity=np.full(1, 100, np.uint8))
        levers.append(_if_worth("know_equipment", total, one, known, rules, "Knowing its equipment for sure"))
    return [lever for lever in levers if lever is not None]


def _more_drivers(
    one: MatchColumns, carrier: CarrierColumns, rules: Rules, total: float, parts: BreakdownColumns | None
) -> Lever | None:
    """How many further drivers of its main kind, close by and active this week, reach the next step."""
    scoring = rules.scoring
    short = total < scoring.threshold or int(one.n[0]) < scoring.min_drivers
    target = scoring.threshold if short else 10.0 * (ceil((total + 1e-9) / 10))
    if not short and target >= 100:
        return None
    k = np.arange(1, MOST_FURTHER_DRIVERS + 1)
    many = one.take(np.zeros(len(k), np.int64))
    close = next(
        (weight for until, weight in rules.matching.closeness if rules.matching.near_miles <= until),
        rules.matching.closeness_beyond,
    )
    more = replace(
        many,
        n=many.n + k.astype(np.int32),
        prox=many.prox + k * close,
        rec=many.rec + k * _weekly(rules),
        fit=many.fit + k * (FULL if carrier.primary[0] else FULL // 2),
    )
    reached = score(more, carrier.take(np.zeros(len(k), np.int64)), scoring).score
    enough = np.flatnonzero((reached >= target) & (more.n >= scoring.min_drivers))
    if not len(enough):
        return None
    count = int(k[enough[0]])
    kind = _main_kind(carrier, parts)
    who = f"{count:,} more {_label(kind)} {'driver' if count == 1 else 'drivers'}"
    return Lever(
        code="more_drivers",
        reaches=float(reached[enough[0]]),
        words=f"{who} within {rules.matching.near_miles:g} miles would bring it to {target:g}.",
        evidence={"drivers": count, "equipment": kind.code, "target": target, "active_within_days": THIS_WEEK},
    )


def _if_worth(
    code: str, total: float, found: MatchColumns, carrier: CarrierColumns, rules: Rules, what: str
) -> Lever | None:
    reached = float(score(found, carrier, rules.scoring).score[0])
    if reached < total + WORTH_SAYING:
        return None
    return Lever(code, reached, f"{what} would bring it to {reached:.0f}.", {"gain": reached - total})


def _weekly(rules: Rules) -> int:
    """The recency weight of a driver last active a week ago: what "active this week" is worth at least."""
    return int(recency_weight(np.array([THIS_WEEK]), rules.scoring.recency_half_life_days)[0])


def _main_kind(carrier: CarrierColumns, parts: BreakdownColumns | None) -> Equipment:
    mask = int(carrier.primary[0]) or int(carrier.equipment[0])
    kinds = [kind for kind in Equipment if mask >> kind & 1]
    return min(kinds, key=lambda kind: (-int(parts.by_equipment[0, kind]) if parts else 0, kind))


def _kinds(mask: int) -> str:
    """ "reefer ", "reefer or flatbed ", or nothing when there are more."""
    kinds = [_label(kind) for kind in Equipment if mask >> kind & 1]
    return " or ".join(kinds) + " " if 1 <= len(kinds) <= 2 else ""


def _label(kind: Equipment) -> str:
    return kind.label.lower()


def _count(count: int, kinds: str) -> str:
    return f"{count:,} {kinds}{'driver' if count == 1 else 'drivers'}"
