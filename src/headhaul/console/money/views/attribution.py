"""What brought deals: all models side by side, down to the touches of one deal."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from headhaul.console.money import files, reading
from headhaul.console.ui.bridge import perform, render


@login_required
def table(request: HttpRequest) -> HttpResponse:
    """Deals won, shared out among the touches before them."""
    found, model = perform(request, "getAttribution", reading.asked(request, reading.OF_TOUCHES)), _model(request)
    context = _context(request, model) | {
        "found": found,
        "finding": reading.finding_of_attribution(found, model),
        "compared": reading.compared(found),
        **reading.people_of(request),
    }
    return render(request, "money/attribution.html", context)


@login_required
def deals(request: HttpRequest) -> HttpResponse:
    """The deals behind a line."""
    given: dict[str, Any] = reading.asked(request, (*reading.OF_TOUCHES, "cursor"))
    if request.GET.get("unattributed"):
        given["unattributed"] = True
    elif "key" in request.GET:
        given["key"] = request.GET["key"]
    found, model = perform(request, "getAttributedDeals", given), _model(request)
    return render(request, "money/deals.html", _context(request, model) | {"found": found})


@login_required
def touches(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """The way to one deal."""
    given = reading.asked(request, ("lookBackDays", "halfLifeDays", "leaveOut"))
    found = perform(request, "getOpportunityTouches", given | {"opportunityId": opportunity_id})
    return render(request, "money/touches.html", _context(request, _model(request)) | {"found": found})


@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The table as a file."""
    return files.of_attribution(perform(request, "getAttribution", reading.asked(request, reading.OF_TOUCHES)))


def _model(request: HttpRequest) -> str:
    model = request.GET.get("model", "linear")
    return model if model in reading.MODELS else "linear"


def _context(request: HttpRequest, model: str) -> dict[str, Any]:
    return {
        "asked": reading.asked(request, (*reading.OF_TOUCHES, "model")),
        "chosen": reading.chosen(request, (*reading.OF_TOUCHES, "model")),
        "model": model,
        "models": reading.MODELS,
        "dimensions": reading.DIMENSIONS,
        "leave_out": reading.LEAVE_OUT,
        "credit": reading.credit,
        "deals_of": reading.deals,
    }
