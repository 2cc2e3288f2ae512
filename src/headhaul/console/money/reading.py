"""What the address of a page about money says, what forms say, and sentences about what was found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from headhaul.console.ui.people import owners, teams
from headhaul.console.ui.words import number, plural
from headhaul.kernel import InvalidData

FILTERS = ("from", "to", "owner", "teamId", "segment", "by")
OF_TOUCHES = (*FILTERS, "lookBackDays", "halfLifeDays", "leaveOut")
_TYPED = re.compile(r"\$?\s*(\d[\d,\s]*)(?:\.(\d{1,2}))?")
MODELS = {
    "first": "First touch", "last": "Last touch", "linear": "Linear", "position": "Position-based",
    "decay": "Time decay",
}  # fmt: skip
DIMENSIONS = {"source": "Source", "channel": "Channel", "campaign": "Campaign", "event": "Event", "medium": "Medium"}
LINES = {"source": "Source", "channel": "Channel", "campaign": "Campaign", "event": "Event", "month": "Month"}
MOST_LINES = 8
LEAVE_OUT = {
    "": "All touches", "automatic": "Without automatic ones", "automatic,origin": "Only what people did",
}  # fmt: skip


def asked(request: HttpRequest, names: tuple[str, ...] = FILTERS) -> dict[str, str]:
    """The filters that are set, as actions take them and as addresses carry them."""
    return {name: str(request.GET[name]) for name in names if request.GET.get(name)}


def chosen(request: HttpRequest, names: tuple[str, ...] = OF_TOUCHES) -> dict[str, str]:
    """The same for the form, with blanks."""
    return {name: request.GET.get(name, "") for name in names}


def people_of(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Whose deals can be asked for, and of which team."""
    return {"owners": owners(request) | {"none": "Nobody's"}, "teams": {"": "All teams"} | teams(request)}


def cents(typed: str, field: str) -> int:
    """12,500 or $12500.50 in cents. `field` is what a refusal points at."""
    found = _TYPED.fullmatch(typed.strip())
    whole = re.sub(r"[,\s]", "", found[1]) if found else ""
    if not found or len(whole) > 11:
        raise InvalidData("An amount is a number of dollars.", fields={field: "for example 12,500"})
    return int(whole) * 100 + int((found[2] or "0").ljust(2, "0"))


def dollars(amount: int) -> str:
    """As a field shows it."""
    return f"{amount // 100:,}" if amount % 100 == 0 else f"{amount / 100:,.2f}"


def given(posted: QueryDict, *names: str) -> dict[str, str | None]:
    """What a form says, by wire name; a blank is null."""
    return {name: str(posted[name]).strip() or None for name in names if name in posted}


def money(amount: int | None) -> str:
    """Whole dollars in a sentence."""
    return "–" if amount is None else f"${amount / 100:,.0f}"


def finding_of_attribution(found: Any, model: str) -> str:
    """The one sentence about attribution."""
    if not found.deals:
        return "No deal was won in these days."
    explained = [line for line in found.lines if not line.is_unattributed]
    won = f"{plural(found.deals, 'deal')} won, {money(found.amount_cents)}"
    if not explained:
        return f"{won}: no touch in the {found.look_back_days} days before explains any of them."
    best = max(explained, key=lambda line: (credit(line, model).amount_cents, credit(line, model).deals_millionths))
    part = credit(best, model)
    most = f"{best.label} has the most, {money(part.amount_cents)} ({deals(part.deals_millionths)} deals)"
    left = f"; {plural(found.unattributed_deals, 'deal')} nobody touched before" if found.unattributed_deals else ""
    return f"{won}. {most} by {MODELS[model].lower()}{left}."


def finding_of_sources(found: Any) -> str:
    """The one sentence about sources."""
    total = found.total
    if not any((total.leads, total.opportunities, total.won, total.lost)):
        return "Nothing came in and nothing was decided in these days."
    led = [line for line in found.lines if line.won_cents]
    best = f" Most of it: {led[0].label}, {money(led[0].won_cents)}." if led and found.by != "month" else ""
    return (
        f"{plural(total.leads, 'lead')}, {plural(total.opportunities, 'new opportunity', 'new opportunities')},"
        f" {plural(total.won, 'deal')} won for {money(total.won_cents)}.{best}"
    )


def finding_of_costs(found: Any) -> str:
    """The one sentence about costs."""
    if found.costs_note:
        return found.costs_note  # type: ignore[no-any-return]
    costs = found.total.costs
    if not costs.loaded_cents:
        return "No spend is entered for these days: nothing can be said about cost."
    spent = f"{money(costs.loaded_cents)} spent, {plural(found.total.clients, 'new client')}"
    if costs.cac.cents is None:
        return f"{spent}. {costs.said}"
    between = f"{money(costs.cac.low)} and {money(costs.cac.high)}"
    payback = f"; paid back in {number(costs.payback_months, 1)} months" if costs.payback_months is not None else ""
    return f"{spent}: {money(costs.cac.cents)} each (the true cost lies between {between}){payback}."


def credit(line: Any, model: str) -> Any:
    """What a model gives a line."""
    return next(each for each in line.credits if each.model == model)


def deals(millionths: int) -> str:
    """1.25 or 3."""
    return number(millionths / 1_000_000, 0 if millionths % 1_000_000 == 0 else 2)


@dataclass(frozen=True, slots=True)
class Bar:
    """What one model gives a line: as words, and as a share of the longest bar of all."""

    model: str
    share: float
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a bar for each model."""

    of: Any
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Compared:
    """All models side by side for the largest lines, and where they differ most."""

    lines: list[Line]
    finding: str
    unit: str


def compared(found: Any) -> Compared:
    """In money; in deals where none of them has an amount."""
    has_money, lines = found.amount_cents > 0, found.lines[:MOST_LINES]

    def of(each: Any) -> int:
        return int(each.amount_cents if has_money else each.deals_millionths)

    def said(each: Any) -> str:
        return money(of(each)) if has_money else deals(of(each))

    longest = max((of(each) for line in lines for each in line.credits), default=0) or 1
    shown = [
        Line(line, [Bar(each.model.value, of(each) / longest, said(each)) for each in line.credits]) for line in lines
    ]
    unit = "money won" if has_money else "deals won"
    spreads = [(max(map(of, line.credits)) - min(map(of, line.credits)), line) for line in lines]
    spread, most = max(spreads, key=lambda each: each[0], default=(0, None))
    if most is None or not spread:
        return Compared(shown, "All models say the same", unit)
    low, high = min(most.credits, key=of), max(most.credits, key=of)
    return Compared(
        shown,
        f"The models differ most about {most.label}: {said(low)} by {MODELS[low.model].lower()},"
        f" {said(high)} by {MODELS[high.model].lower()}",
        unit,
    )


def finding_of_months(lines: Any) -> str:
    """What the chart of the months shows."""
    best = max(lines, key=lambda line: (line.clients, -line.costs.loaded_cents))
    if not best.clients:
        return "No month brought a new client"
    return f"Most new clients in {best.label}: {number(best.clients)}, with {money(best.costs.loaded_cents)} spent"


def months_chart(lines: Any) -> dict[str, Any]:
    """Spend and new clients, month by month."""
    return {
        "days": [line.label for line in lines],
        "series": [
            {
                "name": "Spend",
                "values": [line.costs.loaded_cents // 100 for line in lines],
                "money": True,
                "bars": True,
            },
            {"name": "New clients", "values": [line.clients for line in lines]},
        ],
    }
