"""Quotas: what the firm, each team and each person is to win in a period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.templating import address
from headhaul.kernel import Conflict, InvalidData

PERIODS = {"month": "Month", "quarter": "Quarter", "year": "Year"}
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The sums of a period, and the form that changes those that differ."""
    period, starts_on = _period(request)
    rows = run(request, "getQuotas", period=period, starts_on=starts_on.isoformat()).items
    lines = [_line(row) for row in rows]
    refusal = None
    if request.method == "POST":
        try:
            return _save(request, period, starts_on, lines)
        except (InvalidData, Conflict) as error:
            refusal = error
            lines = [line | {"amount": request.POST.get(line["name"], "")} for line in lines]
    context = {"lines": lines, "period": period, "periods": PERIODS, "starts_on": starts_on, "refusal": refusal}
    context |= {"before": _moved(starts_on, -MONTHS[period]), "after": _moved(starts_on, MONTHS[period])}
    return render(request, "console_admin/quotas.html", context, status=refusal.status if refusal else 200)


def _period(request: HttpRequest) -> tuple[str, date]:
    """The period asked for, and its first day."""
    period = request.GET.get("period", "quarter")
    period = period if period in PERIODS else "quarter"
    try:
        day = date.fromisoformat(request.GET.get("starts_on", ""))
    except ValueError:
        day = timezone.now().date()
    size = MONTHS[period]
    return period, date(day.year, (day.month - 1) // size * size + 1, 1)


def _moved(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(min(max(count // 12, 1), 9999), count % 12 + 1, 1)


def _line(row: Any) -> dict[str, Any]:
    """One line of the form; the amount in dollars, without cents where there are none."""
    cents = row.amount_cents
    amount = "" if cents is None else f"{cents / 100:.2f}" if cents % 100 else str(cents // 100)
    owner = {} if row.kind == "firm" else {f"{row.kind}Id": row.id}
    name = f"quota-{row.kind}" if row.id is None else f"quota-{row.kind}-{row.id}"
    label = "The whole firm" if row.kind == "firm" else row.name
    return {"name": name, "label": label, "kind": row.kind, "amount": amount, "whose": owner | {"version": row.version}}


def _save(request: HttpRequest, period: str, starts_on: date, lines: list[dict[str, Any]]) -> HttpResponse:
    changed = list(_changed(request, lines))
    for whose, cents in changed:
        given = {"period": period, "startsOn": starts_on.isoformat(), "amountCents": cents}
        perform(request, "setQuota", given | whose)
    said = (
        "Nothing differed."
        if not changed
        else "1 quota is saved."
        if len(changed) == 1
        else f"{len(changed)} quotas are saved."
    )
    back = address("admin:quotas", query={"period": period, "starts_on": starts_on.isoformat()})
    return told(request, redirect(back), said)


def _changed(request: HttpRequest, lines: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], int | None]]:
    """Whose quota differs from what stands, and its new cents; a field left empty takes the quota away."""
    for line in lines:
        typed = request.POST.get(line["name"], "").strip()
        if typed == line["amount"]:
            continue
        dollars = typed.replace(",", "").removeprefix("$")
        try:
            yield line["whose"], round(Decimal(dollars) * 100) if dollars else None
        except (InvalidOperation, ValueError, OverflowError):
            raise InvalidData(f"The quota of {line['label']} is no amount.", fields={line["name"]: "dollars"}) from None
