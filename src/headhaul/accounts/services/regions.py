"""Which sales region a state belongs to: FMCSA's own regions, with names a salesperson would use."""

from __future__ import annotations

from headhaul.kernel.places import STATES

REGIONS: dict[int, tuple[str, str]] = {
    1: ("northeast", "Northeast"),
    3: ("mid_atlantic", "Mid-Atlantic"),
    4: ("southeast", "Southeast"),
    5: ("great_lakes", "Great Lakes"),
    6: ("south_central", "South Central"),
    7: ("central_plains", "Central Plains"),
    8: ("mountain", "Mountain"),
    9: ("southwest", "Southwest and Pacific"),
    10: ("northwest", "Northwest"),
}
"""Code and name by FMCSA's number; there is no region 2."""

NAMES: dict[str, str] = dict(REGIONS.values())


def region_of(state: str) -> str:
    """The region's code, or "" for what is no state."""
    known = STATES.get(state.upper())
    return REGIONS.get(known.fmcsa_region, ("", ""))[0] if known else ""
