"""How many carriers of each day are prospects, counted when the day is written and not whenever somebody looks."""

from __future__ import annotations

from datetime import date

from headhaul.carriers.models import SignalDay
from headhaul.carriers.selectors.bar import Bar
from headhaul.carriers.selectors.days import count_above_bar


def refresh(*, changed: date | None = None) -> None:
    """Count the days again that have no count for the bar as it is set now, and the day that `changed`."""
    bar = Bar.current()
    wanted = bar.parameters
    for day in SignalDay.objects.select_for_update().order_by("day"):
        known = day.details.get("above_bar", {})
        if day.day == changed or {name: known.get(name) for name in wanted} != wanted:
            day.details["above_bar"] = wanted | {"n": count_above_bar(day.day, bar=bar)}
            day.save(update_fields=["details"])
