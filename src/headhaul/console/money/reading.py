"""What the address of a page about money says, what forms say, and sentences about what was found."""

from __future__ import annotations

import re
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
    best = f" Most of it by {led[0].label}, {money(led[0].won_cents)}." if led and found.by != "month" else ""
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


def attribution_chart(found: Any, model: str) -> dict[str, Any]:
    """Bars of the largest lines, in whole dollars."""
    shown = found.lines[:8]
    values = [credit(line, model).amount_cents // 100 for line in shown]
    return {
        "kind": "waterfall",
        "days": [],  # bars, which are no points in time
        "labels": [line.label for line in shown],
        "base": [0] * len(shown),
        "series": [{"name": MODELS[model], "values": values}],
    }


def months_chart(lines: Any) -> dict[str, Any]:
    """Spend and new clients, month by month."""
    return {
        "days": [line.label for line in lines],
        "series": [
            {"name": "Spend, $", "values": [line.costs.loaded_cents // 100 for line in lines]},
            {"name": "New clients", "values": [line.clients for line in lines]},
        ],
    }
