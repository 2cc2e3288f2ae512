"""What an opportunity of a lead is worth: an estimate one can follow, with its own sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from headhaul import preferences
from headhaul.capture.preferences import LeadValue


@dataclass(frozen=True, slots=True)
class Estimate:
    """Cents in a year, None where neither drivers nor fleet are known, and how it was reckoned."""

    cents: int | None
    words: str


def estimate(*, drivers: int | None, fleet: int | None) -> Estimate:
    """Hires in a year times what one brings. Hires: what the supply gives or what the fleet needs, the lesser."""
    chosen = preferences.get(LeadValue)
    supply = None if drivers is None else math.ceil(drivers * chosen.hires_percent_of_drivers / 100)
    need = None if fleet is None else math.ceil(fleet * chosen.hires_percent_of_fleet / 100)
    known = [count for count in (supply, need) if count is not None]
    if not known:
        return Estimate(None, "Neither matched drivers nor the fleet are known, so no value is estimated.")
    hires = min(known)
    parts = []
    if supply is not None:
        parts.append(f"{drivers:,} matched drivers give {supply:,}")
    if need is not None:
        parts.append(f"{fleet:,} trucks need {need:,}")
    each = f"${chosen.cents_per_hire / 100:,.0f}"
    words = f"{hires:,} hire{'' if hires == 1 else 's'} a year at {each} ({', '.join(parts)})."
    return Estimate(hires * chosen.cents_per_hire, words)
