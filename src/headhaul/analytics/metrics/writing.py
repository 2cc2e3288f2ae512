"""How a value and its change are written for people."""

from __future__ import annotations

from headhaul.analytics.metrics.definitions import Unit

DASH = "–"


def written(value: float | None, unit: Unit) -> str:
    """$1,234, 45.6 %, 31 days, 2.4 times; a dash where nothing is known, which is not 0."""
    if value is None:
        return DASH
    match unit:
        case Unit.CENTS:
            return money(value)
        case Unit.CENTS_A_DAY:
            return f"{money(value)} a day"
        case Unit.PERCENT:
            return f"{value:.1f} %"
        case Unit.DAYS:
            return f"{value:,.0f} {'day' if round(value) == 1 else 'days'}" if value >= 10 else f"{value:.1f} days"
        case Unit.TIMES:
            return f"{value:.1f} times"
        case Unit.MONTHS:
            return f"{value:.1f} months"
    return f"{value:,.0f}"


def money(cents: float) -> str:
    """In whole dollars; a sum below ten with its cents."""
    dollars = abs(cents) / 100
    return f"{'−' if cents < 0 else ''}${dollars:,.{0 if dollars >= 10 or dollars == int(dollars) else 2}f}"


def changed(*, unit: Unit, change: float | None, percent: float | None, verdict: str) -> str:
    """Up by 12 %, better; in points for percentages; "as before" without a change, "" where there is none to tell."""
    if change is None:
        return ""
    if not change:
        return "as before"
    if unit is Unit.PERCENT:
        size = f"{abs(change):.1f} points"
    elif percent is not None:
        size = f"{abs(percent):,.1f} %"
    else:
        size = written(abs(change), unit)
    judged = "" if verdict == "neither" else f", {verdict}"
    return f"{'up' if change > 0 else 'down'} by {size}{judged}"
