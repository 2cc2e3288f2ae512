"""Sources and costs: each number leads to its rows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from headhaul.analytics.metrics import metric
from headhaul.console.money import files, reading
from headhaul.console.ui.bridge import perform, render

MEASURES = {
    "leads": "Leads", "qualified": "Qualified leads", "opportunities": "New opportunities", "won": "Deals won",
    "lost": "Deals lost", "clients": "New clients",
}  # fmt: skip

HELPED = (
    "leads", "qualifiedLeads", "sourceWon", "newClients", "spend", "costPerLead", "costPerOpportunity", "cpa", "cac",
    "payback", "winRate", "cycle",
)  # fmt: skip
"""Metrics whose help stands beside their figures."""


@login_required
def performance(request: HttpRequest) -> HttpResponse:
    """What came of each source."""
    found = perform(request, "getSourcePerformance", reading.asked(request))
    context = _context(request, found) | {"finding": reading.finding_of_sources(found), "report": "sources"}
    return render(request, "money/sources.html", context)


@login_required
def costs(request: HttpRequest) -> HttpResponse:
    """What a lead and a client cost, and the months."""
    found = perform(request, "getCPA", reading.asked(request))
    months = found if found.by == "month" else perform(request, "getCPA", reading.asked(request) | {"by": "month"})
    chart = None if found.costs_note else reading.months_chart(months.lines)
    context = _context(request, found) | {
        "finding": reading.finding_of_costs(found), "months": months, "chart": chart, "report": "costs",
        "months_finding": reading.finding_of_months(months.lines) if chart and months.lines else "",
    }  # fmt: skip
    return render(request, "money/costs.html", context)


@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """The leads or deals behind a number."""
    measure = request.GET.get("measure", "won")
    given: dict[str, Any] = reading.asked(request, (*reading.FILTERS, "cursor")) | {"measure": measure}
    if "key" in request.GET:
        given["key"] = request.GET["key"]
    found = perform(request, "getSourceRows", given)
    title = MEASURES.get(measure, measure)
    context = {"found": found, "title": f"{title}: {found.label}" if found.label else title, "measure": measure}
    return render(request, "money/rows.html", context | {"asked": reading.asked(request)})


@login_required
def export(request: HttpRequest, report: str) -> HttpResponse:
    """A report as a file, with the filters of the page."""
    action = {"sources": "getSourcePerformance", "costs": "getCPA"}.get(report)
    if action is None:
        raise Http404("There is no such report.")
    return files.of_sources(report, perform(request, action, reading.asked(request)))


def _context(request: HttpRequest, found: Any) -> dict[str, Any]:
    return {
        "found": found,
        "asked": reading.asked(request),
        "here": reading.asked(request) | {"by": found.by.value},  # the rows of a line are asked for by what it is of
        "chosen": reading.chosen(request),
        **reading.people_of(request),
        "lines": reading.LINES,
        "help": {key: metric(key).help for key in HELPED},
    }
