"""Which sales region a state belongs to: FMCSA's own regions, with names a salesperson would use."""

from __future__ import annotations

from headhaul.accounts.choices import REGION_NAMES as NAMES
from headhaul.accounts.choices import REGIONS
from headhaul.kernel.places import STATES

__all__ = ["NAMES", "REGIONS", "region_of"]


def region_of(state: str) -> str:
    """The region's code, or "" for what is no state."""
    known = STATES.get(state.upper())
    return REGIONS.get(known.fmcsa_region, ("", ""))[0] if known else ""
