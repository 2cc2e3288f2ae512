"""How a fact of a carrier is written: amounts as money, shares as percent, register codes as words."""

from __future__ import annotations

from typing import Any

from headhaul.console.ui import words

_CODES = {
    "status": {"A": "Active", "I": "Inactive", "P": "Pending"},
    "operation": {"A": "Interstate", "B": "Intrastate, hazardous materials", "C": "Intrastate"},
    "safetyRating": {"S": "Satisfactory", "C": "Conditional", "U": "Unsatisfactory"},
}


def written(name: str, value: Any) -> str:
    """The value for people; "" where the source does not say."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name in _CODES:
        return _CODES[name].get(str(value)[:1].upper(), str(value))
    if isinstance(value, (int, float)):
        return _number(name, value)
    return words.proper(str(value)) if name in ("legalName", "dbaName") else str(value)


def _number(name: str, value: float) -> str:
    if name.endswith("Dollars"):
        return f"${value:,.0f}"
    if name.endswith("Percent"):
        return f"{value:.1f} %"
    return words.number(value)
