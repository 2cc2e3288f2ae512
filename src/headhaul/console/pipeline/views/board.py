"""The board, a column of it, and one card."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from headhaul.console.pipeline.reading import filters, whose
from headhaul.console.ui.bridge import render, run, wants_fragment


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The board. htmx gets all columns, the next cards of one, or only the heads with their sums."""
    chosen, stage = filters(request), request.GET.get("stage")
    cursor, heads_only = request.GET.get("cursor"), request.GET.get("part") == "heads"
    asked = {"stage": stage if cursor else None, "cursor": cursor, "per_column": 1 if heads_only else None}
    context = {"board": run(request, "getPipeline", **asked, **chosen), "chosen": chosen}
    if not wants_fragment(request):
        context |= {"stages": run(request, "getStages"), "whose": whose(request, chosen["owner"])}
        return render(request, "console_pipeline/board.html", context)
    part = "_heads" if heads_only else "_cards" if cursor else "_columns"
    return render(request, f"console_pipeline/{part}.html", context)


@login_required
def card(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """One card as it is now, for a board on which somebody else moved it."""
    found = run(request, "getOpportunity", opportunity_id=opportunity_id)
    return render(request, "console_pipeline/_card.html", {"deal": found})
