"""Opportunities as a table, those at risk, and those of an account."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from headhaul.console.pipeline.reading import filters, whose
from headhaul.console.ui.bridge import render, run, wants_fragment
from headhaul.console.ui.files import list_file

MORE = ("kind", "stage", "closedFrom", "closedTo", "teamId", "accountId")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The table. With a cursor, the rows after it."""
    chosen = _chosen(request)
    sort, cursor = request.GET.get("sort", "closing"), request.GET.get("cursor")
    found = run(request, "listOpportunities", sort=sort, cursor=cursor, limit=50, **chosen)
    context = {"found": found, "chosen": chosen, "sort": sort, "stages": run(request, "getStages")}
    if not wants_fragment(request):
        context["whose"] = whose(request, chosen["owner"])
        return render(request, "console_pipeline/list.html", context)
    return render(request, f"console_pipeline/{'_rows' if cursor else '_list'}.html", context)


@login_required
def export(request: HttpRequest, file_format: str) -> StreamingHttpResponse:
    """The table as it is seen, as a file."""
    chosen = {name: value for name, value in _chosen(request).items() if value}
    given = {"entity": "opportunities", "filters": chosen, "sort": request.GET.get("sort", "closing")}
    return list_file(request, given | {"format": file_format})


def _chosen(request: HttpRequest) -> dict[str, str]:
    return filters(request) | {name: request.GET.get(name, "") for name in MORE}


@login_required
def risks(request: HttpRequest) -> HttpResponse:
    """What is at risk, and how much of it. With a cursor, the rows after it."""
    chosen = {name: request.GET.get(name, "") for name in ("risk", "owner", "pipelineId")}
    cursor = request.GET.get("cursor")
    context = {"found": run(request, "getRisks", cursor=cursor, limit=25, **chosen), "chosen": chosen}
    if not wants_fragment(request):
        context["whose"] = whose(request, chosen["owner"])
        return render(request, "console_pipeline/risks.html", context)
    return render(request, f"console_pipeline/{'_risk_rows' if cursor else '_risks'}.html", context)


@login_required
def of_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """The opportunities of an account, for its page."""
    data = {"account_id": account_id, "kind": "open,won,lost", "sort": "changed", "limit": 20}
    context = {"found": run(request, "listOpportunities", **data), "account_id": account_id}
    return render(request, "console_pipeline/_of_account.html", context)
