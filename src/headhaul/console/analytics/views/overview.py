"""The figures of a period, and the rows behind each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from headhaul.analytics.metrics import catalogue
from headhaul.console.analytics import files, reading
from headhaul.console.ui.bridge import perform, render
from headhaul.console.ui.people import owners, teams


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Every figure, how the period went, who did what, how deals moved, what forecasts were worth."""
    asked = reading.asked(request)
    found = perform(request, "getAnalytics", asked)
    context = {
        "found": found,
        "groups": reading.cards(found.figures, found.compared_with),
        "finding": reading.finding(found),
        "most_won": reading.most_won(found),
        "most_done": reading.most_done(found),
        "is_empty": reading.is_empty(found),
        "won_chart": reading.trend_chart(found, "won_cents", "won", money=True),
        "work_chart": reading.trend_chart(found, "touches", "new_deals"),
        "href": reading.href,
        "asked": asked,
        "chosen": reading.chosen(request),
        "periods": reading.PERIODS,
        "owners": owners(request),
        "teams": teams(request),
    }
    return render(request, "analytics/overview.html", context)


@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """The rows behind a figure: deals, activities or accounts."""
    metric = request.GET.get("metric", "")
    more = {name: str(request.GET[name]) for name in ("cursor", "stage", "rep", "pipelineId") if request.GET.get(name)}
    kind = "accounts" if metric == "newAccounts" else "activities" if metric in reading.ACTIVITIES else "deals"
    found = perform(request, f"getAnalytics{kind.capitalize()}", {**reading.asked(request), "metric": metric, **more})
    known = catalogue().get(metric)
    title = known.name if known else reading.FATES.get(metric, "Rows")
    context = {
        "found": found,
        "metric": known,
        "title": title,
        "kind": kind,
        "asked": reading.asked(request),
        "more": more,
    }
    return render(request, "analytics/rows.html", context)


@login_required
def export(request: HttpRequest, table: str) -> HttpResponse:
    """A table of the page as a CSV file, with the filters of the page."""
    if table not in files.TABLES:
        raise Http404("There is no such table.")
    return files.as_csv(table, perform(request, "getAnalytics", reading.asked(request)))
