"""The dashboard and what can be done on it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.dashboard.next_actions import OUTCOMES, SHOWN, zone_of
from headhaul.console.ui.bridge import render, run, toast, wants_fragment
from headhaul.kernel import NotFound

RANGES = ("7", "30", "90")


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Numbers, ranked prospects and alerts, as the address asks. htmx gets the same without the frame."""
    chosen = {name: request.GET.get(name, "") for name in ("segment", "state", "equipment", "owner")}
    asked = request.GET.get("range", "")
    span = int(asked) if asked in RANGES else 7
    context = {
        "chosen": {**chosen, "range": str(span)},
        "kpis": run(request, "getDashboardKPIs", range=span),
        "prospects": run(request, "getTopProspects", range=span, limit=request.GET.get("limit", "25"), **chosen),
        "next": run(request, "getNextActions", limit=SHOWN, timezone=zone_of(request)),
        "outcomes": OUTCOMES,
        "deals": run(request, "getTopOpportunities", limit=5),
        "alerts": run(request, "getAlerts", range=span, limit=12),
        **_opened(request, request.GET.get("open", "")),
    }
    return render(request, "dashboard/_body.html" if wants_fragment(request) else "dashboard/home.html", context)


@login_required
@require_POST
def dismiss_alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Take an alert off the list; its row leaves."""
    run(request, "dismissAlert", alert_id=alert_id)
    if not wants_fragment(request):
        return redirect("dashboard:home")
    return toast(HttpResponse(), "Alert dismissed.")


def _opened(request: HttpRequest, dot_number: str) -> dict[str, Any]:
    """What the open row shows: why, how to reach them, and the account with its tags."""
    if not dot_number:
        return {"opened": None}
    try:
        account = run(request, "getAccount", dot_number=dot_number)
    except NotFound:
        account = None
    return {
        "opened": run(request, "explainSignal", dot_number=dot_number),
        "contact": run(request, "getCarrier", dot_number=dot_number),
        "account": account,
    }
