"""How many carriers of each day are prospects, counted when the day is written and not whenever somebody looks."""

from __future__ import annotations

from datetime import date

from headhaul import preferences
from headhaul.carriers.models import SignalDay
from headhaul.carriers.preferences import ScoringSection
from headhaul.carriers.selectors.days import count_above_bar


def refresh(*, changed: date | None = None) -> None:
    """Count the days again that have no count for the bar as it is set now, and the day that `changed`."""
    scoring = preferences.get(ScoringSection)
    bar = {"score": round(scoring.threshold * 100), "drivers": scoring.min_drivers}
    for day in SignalDay.objects.select_for_update().order_by("day"):
        known = day.details.get("above_bar", {})
        if day.day == changed or {name: known.get(name) for name in bar} != bar:
            day.details["above_bar"] = bar | {"n": count_above_bar(day.day, **bar)}
            day.save(update_fields=["details"])
