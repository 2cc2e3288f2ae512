"""The sentences of a score."""

from __future__ import annotations

from headhaul.capture.scoring.facts import Facts, Scale
from headhaul.capture.scoring.features import drivers_for, trucks_for

_UNKNOWN = {
    "signal": "No driver signal is known for them, so it counts as neutral",
    "fleet": "The size of their fleet is not known, so it counts as neutral",
    "region_supply": "How many drivers live near them is not known, so it counts as neutral",
    "equipment_fit": "How well drivers fit their equipment is not known, so it counts as neutral",
    "source_quality": "Where they came from is not known, so it counts as neutral",
}


def reason(name: str, value: float, facts: Facts, *, is_known: bool, points: float, most: float) -> str:
    """What a fact adds, as a sentence: "Their driver signal is 82 of 100: 24.6 of 30 points.".

    By learnt weights a fact may speak against a lead, or its most be no gain: then the sentence says how much it does.
    """
    said = _UNKNOWN[name] if not is_known and name in _UNKNOWN else _known(name, value, facts)
    if round(points, 1) < 0 or most <= 0:
        return f"{said}: {abs(points):.1f} points {'less' if points < 0 else 'more'}."
    return f"{said}: {points:.1f} of {most:.0f} points."


def condition(name: str, value: float, scale: Scale, *, is_known: bool) -> str:
    """What would have to be so: "their driver signal were at least 74"."""
    verb = "were" if is_known else "turns out to be"
    match name:
        case "signal":
            return f"their driver signal {verb} at least {_up(100 * value)}"
        case "fleet":
            return f"their fleet {verb} at least {trucks_for(value, scale):,} trucks"
        case "region_supply":
            return f"the drivers living near them {verb} at least {drivers_for(value, scale):,}"
        case "equipment_fit":
            return f"the fit of drivers to their equipment {verb} at least {_up(100 * value)} %"
    return f"{name.replace('_', ' ')} {verb} at least {_up(100 * value)} %"


def _known(name: str, value: float, facts: Facts) -> str:
    match name:
        case "signal":
            return f"Their driver signal is {value * 100:.0f} of 100"
        case "fleet" if facts.fleet_size is not None:
            return f"They run {facts.fleet_size:,} truck{'' if facts.fleet_size == 1 else 's'}"
        case "region_supply" if facts.drivers_near is not None:
            return _near(facts)
        case "equipment_fit":
            matched = "" if facts.drivers_matched is None else f" of {facts.drivers_matched:,}"
            return f"The drivers{matched} who match fit their equipment to {value * 100:.0f} %"
        case "source_quality" if facts.source_name:
            return f"They came by “{facts.source_name}”, whose leads are rated {value * 100:.0f} of 100"
        case "completeness":
            return f"They gave {value * 100:.0f} % of name, e-mail, telephone and role"
    return f"{name.replace('_', ' ').capitalize()} counts {value * 100:.0f} of 100"


def _near(facts: Facts) -> str:
    count = round(facts.drivers_near or 0)
    drivers = f"{count:,} fitting driver{'' if count == 1 else 's'}"
    if facts.near_is_of_state:
        return f"A usual carrier in {facts.state} has {drivers} close by"
    return f"{drivers.capitalize()} live{'s' if count == 1 else ''} close by"


def _up(value: float) -> int:
    return int(value) if value == int(value) else int(value) + 1
