"""What the address asks for, and how figures are said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from headhaul.analytics.metrics import Unit, changed, written
from headhaul.console.ui.templating import address
from headhaul.console.ui.words import number, plural

FILTERS = ("period", "from", "to", "owner", "teamId", "segment")
PERIODS = {
    "": "This quarter", "last_quarter": "Last quarter", "this_month": "This month", "last_month": "Last month",
    "this_year": "This year", "last_year": "Last year", "custom": "From – to",
}  # fmt: skip
USUAL_DAYS = "-29d"  # a custom period that names no first day yet
GROUPS = ("Pipeline", "Winning", "Forecast", "Activity", "Accounts")
ROWS = {"getAnalyticsDeals", "getAnalyticsActivities", "getAnalyticsAccounts"}
FATES = {
    "stageSkipped": "Jumped over a stage", "stageLost": "Lost from a stage", "stageOpen": "Still open in a stage",
    "stageWon": "Won after a stage", "stageTime": "Left a stage",
}  # fmt: skip
ACTIVITIES = {"touches", "calls", "emails", "texts", "meetings"}


@dataclass(frozen=True, slots=True)
class Card:
    """A figure as a page shows it: its value, how sure it is, how it changed, and where its rows are."""

    figure: Any
    value: str
    note: str
    change: str
    href: str


def asked(request: HttpRequest) -> dict[str, str]:
    """The filters that are set, as actions take them."""
    given = {name: str(request.GET[name]) for name in FILTERS if request.GET.get(name)}
    if given.get("period") == "custom" and "from" not in given:
        given["from"] = USUAL_DAYS
    if given.get("period") != "custom":  # the form sends its days along whatever is chosen
        given = {name: value for name, value in given.items() if name not in ("from", "to")}
    return given


def chosen(request: HttpRequest) -> dict[str, str]:
    """The same for the form, with blanks."""
    return {name: str(request.GET.get(name, "")) for name in FILTERS}


def href(link: Any) -> str:
    """The page of the rows behind a number."""
    return address("analytics:rows", query=link.data) if link is not None and link.action in ROWS else ""


def cards(figures: Iterable[Any], compared_with: Any) -> dict[str, list[Card]]:
    """Figures by group, in the order of a page; groups that this page does not know come last."""
    shown = [card(each, compared_with) for each in figures]
    groups = dict.fromkeys([*GROUPS, *(each.figure.group for each in shown)])
    found = {group: [each for each in shown if each.figure.group == group] for group in groups}
    return {group: each for group, each in found.items() if each}


def card(figure: Any, compared_with: Any) -> Card:
    """One of them."""
    change = changed(unit=figure.unit, change=figure.change, percent=figure.change_percent, verdict=figure.verdict)
    if change and figure.change and figure.verdict != "neither":
        change += f", was {written(figure.previous, figure.unit)}"
    change = change[:1].upper() + change[1:]
    return Card(figure, value(figure), note(figure), change, href(figure.link))


def value(figure: Any) -> str:
    """What it is; of a rate of too few, the counts it would be made of."""
    return said(figure.value, figure.unit, part=figure.part, n=figure.n)


def said(value: float | None, unit: Unit, *, part: int | None, n: int) -> str:
    """The same from its parts."""
    if value is None and part is not None and n:
        return f"{number(part)} of {number(n)}"
    return written(value, unit)


def note(figure: Any) -> str:
    """How sure a figure is, or what is missing."""
    parts = []
    if figure.unit == Unit.PERCENT and figure.low is not None:
        if figure.is_enough and figure.part is not None:
            parts.append(f"{number(figure.part)} of {number(figure.n)}")
        elif figure.is_enough:
            parts.append(f"n = {number(figure.n)}")
        parts.append(f"true rate likely {figure.low:.0f}–{figure.high:.0f} %")
    if figure.lower_quartile is not None:
        parts.append(f"half took {number(figure.lower_quartile)}–{number(figure.upper_quartile)}")
        sure = "" if figure.low is None else f", true median likely {number(figure.low)}–{number(figure.high)}"
        parts.append(f"n = {number(figure.n)}{sure}")
    return ". ".join(part[:1].upper() + part[1:] for part in (", ".join(parts), figure.note, figure.missing) if part)


def finding(found: Any) -> str:
    """The one sentence of the page."""
    known = {each.key: each for each in found.figures}
    won, rate, cover = known["wonAmount"], known["winRate"], known["coverage"]
    label = found.period.label
    if not (won.n or rate.n or known["openPipeline"].n):
        return f"No deal was open or decided in {label}."
    change = changed(unit=won.unit, change=won.change, percent=won.change_percent, verdict="neither")
    against = "" if won.previous is None or not change else f", {change} against {found.compared_with.label}"
    said = f"{written(won.value, won.unit)} won in {label} from {plural(won.n, 'deal')}{against}."
    if rate.is_enough:
        said += f" {rate.value:.0f} % of {plural(rate.n, 'decided deal')} were won."
    if cover.value is not None:
        said += f" What is open would fill what is missing to the quota {cover.value:.1f} times."
    return said


def most_won(found: Any) -> str:
    """What the chart of what was won shows."""
    best = max(found.trend, key=lambda each: each.won_cents, default=None)
    if best is None or not best.won_cents:
        return "No amount was won in these days"
    stretch = {"day": "on", "week": "in the week from", "month": "in the month from"}[found.bucket]
    return f"Most was won {stretch} {best.starts_on:%-d %b}: {written(best.won_cents, Unit.CENTS)}"


def most_done(found: Any) -> str:
    """What the chart of what was done shows."""
    best = max(found.trend, key=lambda each: each.touches, default=None)
    if best is None or not best.touches:
        return "Nothing was done in these days"
    stretch = {"day": "on", "week": "in the week from", "month": "in the month from"}[found.bucket]
    return f"Most was done {stretch} {best.starts_on:%-d %b}: {plural(best.touches, 'touch', 'touches')}"


def trend_chart(found: Any, first: str, second: str, *, money: bool = False) -> dict[str, Any]:
    """Two lines through the stretches of the period: attributes of its points, with their names."""
    points, names = found.trend, NAMES
    values = [getattr(each, first) / (100 if money else 1) for each in points]
    return {
        "days": [f"{each.starts_on:%-d %b}" for each in points],
        "series": [
            {"name": names[first], "values": values, "money": money, "bars": True},
            {"name": names[second], "values": [getattr(each, second) for each in points]},
        ],
    }


NAMES = {
    "won_cents": "Amount won", "won": "Deals won", "lost": "Deals lost", "new_deals": "New deals",
    "touches": "Touches", "new_accounts": "New accounts",
}  # fmt: skip


def is_empty(found: Any) -> bool:
    """Whether there is nothing that a figure could be made of."""
    return not any(each.n for each in found.figures)
