"""What makes a carrier a prospect, as set: score, drivers, fleet, and the worthiness gate."""

from __future__ import annotations

from dataclasses import dataclass

from headhaul import preferences
from headhaul.carriers.preferences import Prospects, ScoringSection

REACHES = """(s.score_hundredths >= %(score)s and s.n >= %(drivers)s and s.gate_mask = 0
    and coalesce(s.units, 0) >= %(fleet)s)"""
"""A signal `s` that reaches the bar, for SQL with `Bar.parameters`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The settings of now."""

    score: float
    drivers: int
    fleet: int

    @classmethod
    def current(cls) -> Bar:
        """Read from the settings."""
        scoring = preferences.get(ScoringSection)
        return cls(scoring.threshold, scoring.min_drivers, preferences.get(Prospects).smallest_fleet)

    @property
    def parameters(self) -> dict[str, int]:
        """What REACHES is filled with."""
        return {"score": round(self.score * 100), "drivers": self.drivers, "fleet": self.fleet}
