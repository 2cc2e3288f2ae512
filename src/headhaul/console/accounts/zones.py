"""The time zones a person may choose: those of the states and provinces, and of Mexico."""

from __future__ import annotations

from functools import cache

from headhaul.console.ui import words
from headhaul.kernel.places import STATE_CODES
from headhaul.kernel.zones import is_zone, of_state

NEIGHBOURS = (
    "America/Toronto", "America/Winnipeg", "America/Regina", "America/Edmonton", "America/Vancouver",
    "America/Halifax", "America/St_Johns", "America/Mexico_City", "America/Monterrey", "America/Chihuahua",
    "America/Hermosillo", "America/Tijuana", "America/Cancun",
)  # fmt: skip


@cache
def american() -> dict[str, str]:
    """Zone names with the city they are called after."""
    names = {zone for state in STATE_CODES for zone in of_state(state)} | {z for z in NEIGHBOURS if is_zone(z)}
    return {name: f"{words.city_of(name)} ({name})" for name in sorted(names, key=words.city_of)}
