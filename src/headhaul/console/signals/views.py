"""Every scored carrier as a list and a file, one carrier in full, and what would change if."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.carriers.schemas.signals import ExportSignals
from headhaul.carriers.services.exports import signal_csv
from headhaul.console.signals import columns, facts
from headhaul.console.signals.scenario import scenario_of
from headhaul.console.ui.bridge import perform, remember_toast, render, run, wants_fragment
from headhaul.kernel import InvalidData, NotFound

FILTERS = (
    "text",
    "segment",
    "state",
    "equipment",
    "urgency",
    "minScore",
    "minDrivers",
    "minFleet",
    "isSpike",
    "isNew",
    "isWorthy",
)


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The list. With a cursor, the rows after it; with `open`, why that carrier stands where it does."""
    chosen, opened = _chosen(request), request.GET.get("open", "")
    cursor, sort = request.GET.get("cursor"), request.GET.get("sort", "score")
    context = {
        "chosen": chosen,
        "sort": sort,
        "columns": columns.picked(request.GET.getlist("columns")),
        "all_columns": columns.COLUMNS,
        "signals": run(request, "listSignals", cursor=cursor, sort=sort, limit=50, **chosen),
        "opened": run(request, "explainSignal", dot_number=opened) if opened else None,
    }
    fragment = "signals/_rows.html" if cursor else "signals/_list.html"
    return render(request, fragment if wants_fragment(request) else "signals/list.html", context)


@login_required
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The whole list as a file, as filtered and sorted, sent while it is read. That it was taken is written down."""
    given = {name: value for name, value in {**_chosen(request), "sort": request.GET.get("sort")}.items() if value}
    file = run(request, "exportSignals", **given)
    asked = ExportSignals.model_validate(given)
    lines = signal_csv(asked=asked, sort=asked.sort)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    return answer


@login_required
def carrier(request: HttpRequest, dot_number: int) -> HttpResponse:
    """All there is on one carrier."""
    found = run(request, "getCarrier", dot_number=dot_number)
    context = {
        "carrier": found,
        "census": facts.of_census(found),
        "why": run(request, "explainSignal", dot_number=dot_number),
        "history": run(request, "getSignalHistory", dot_number=dot_number),
        "enrichment": run(request, "getEnrichment", dot_number=dot_number),
        "account": _account_of(request, dot_number),
        "written": facts.written,
    }
    return render(request, "signals/carrier.html", context)


@login_required
@require_POST
def override(request: HttpRequest, dot_number: int) -> HttpResponse:
    """A manager's word that it is a prospect all the same, or that word taken back."""
    if request.POST.get("remove"):
        run(request, "removeWorthinessOverride", dot_number=dot_number)
        said = "The override is gone; the gate decides again."
    else:
        run(request, "overrideWorthiness", dot_number=dot_number, reason=request.POST.get("reason"))
        said = "It counts as a prospect now."
    return remember_toast(redirect("signals:carrier", dot_number), said)


@login_required
@require_POST
def enrich(request: HttpRequest, dot_number: int) -> HttpResponse:
    """Ask FMCSA."""
    found = run(request, "enrichCarrier", dot_number=dot_number, again=True)
    said = "FMCSA is being asked; look again in a moment." if found.is_asking else found.reason or "Up to date."
    return remember_toast(redirect("signals:carrier", dot_number), said)


@login_required
def what_if(request: HttpRequest) -> HttpResponse:
    """The form, and below it what these drivers would change. The question lives in the address."""
    scenario, answer, refusal = scenario_of(request.GET), None, None
    if scenario.is_asked:
        try:
            answer = perform(request, "simulateSignals", scenario.data())
        except InvalidData as error:
            refusal = error
    context = {"scenario": scenario, "answer": answer, "refusal": refusal}
    return render(request, "signals/what_if.html", context, status=refusal.status if refusal else 200)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in FILTERS}


def _account_of(request: HttpRequest, dot_number: int) -> Any:
    try:
        return run(request, "getAccount", dot_number=dot_number)
    except NotFound:
        return None
