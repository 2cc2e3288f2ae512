"""How the history of an opportunity says a value."""

from __future__ import annotations

from datetime import date
from typing import Any

from headhaul.console.ui import words
from headhaul.pipeline.choices import ForecastCategory, Tracked


def told(field: str, value: Any, deal: Any, owners: dict[str, str]) -> str:
    """The value for people: money in dollars, days written out, people by name, a dash for nothing."""
    if value is None or value == "":
        return words.DASH
    match field:
        case Tracked.AMOUNT:
            return f"${words.number(value / 100)}"
        case Tracked.CLOSE_ON | Tracked.NEXT_STEP_ON:
            return words.day(date.fromisoformat(value))
        case Tracked.OWNER:
            return owners.get(str(value)) or (deal.owner.name if deal.owner and deal.owner.id == value else "somebody")
        case Tracked.DECISION_MAKER:
            return next((each.name for each in deal.contacts if each.id == value), "a former contact")
        case Tracked.STAGE:
            return next((stage.label for stage in deal.stages if stage.key == value), words.human(value))
        case Tracked.CATEGORY if value in set(ForecastCategory):
            return ForecastCategory(value).label
        case Tracked.REMOVED:
            return "removed" if value else "there"
    return str(value)
