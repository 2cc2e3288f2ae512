"""What works, and how sure we are: each number leads to its rows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from headhaul.console.campaigns import files, reading
from headhaul.console.ui.bridge import perform, render
from headhaul.console.ui.people import owners


def _report(request: HttpRequest, name: str, **more: Any) -> Any:
    return perform(request, name, reading.asked(request) | more)


def _page(request: HttpRequest, template: str, found: Any, **more: Any) -> HttpResponse:
    context = {
        "found": found,
        "asked": reading.kept(request),
        "chosen": reading.chosen(request),
        "owners": owners(request),
        "by": reading.BY,
        "channels": reading.CHANNELS,
        "without": reading.NONE,
    }
    return render(request, f"campaigns/{template}.html", context | more)


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """The whole and each campaign."""
    found = _report(request, "getCampaignMetrics")
    more = {"finding": reading.finding(found.total, found.calls), "chart": reading.trend_chart(found.trend)}
    return _page(request, "overview", found, **more)


@login_required
def sequences(request: HttpRequest) -> HttpResponse:
    """Each sequence."""
    return _page(request, "sequences", _report(request, "getSequencePerformance"))


@login_required
def steps(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Each step of a sequence."""
    found = _report(request, "getStepPerformance", sequenceId=sequence_id)
    whole = _report(request, "getCampaignMetrics", sequenceId=sequence_id)
    return _page(request, "steps", found, total=whole.total, finding=reading.finding(whole.total, whole.calls))


@login_required
def channels(request: HttpRequest) -> HttpResponse:
    """Each channel by its own measures."""
    return _page(request, "channels", _report(request, "getChannelPerformance"))


@login_required
def reps(request: HttpRequest) -> HttpResponse:
    """Each rep."""
    return _page(request, "reps", _report(request, "getRepPerformance"))


@login_required
def messages(request: HttpRequest) -> HttpResponse:
    """The messages behind a number."""
    measure = request.GET.get("measure", "sent")
    found = _report(request, "getReportMessages", measure=measure, **_from(request))
    context = {"found": found, "title": reading.MEASURES.get(measure, measure), "asked": reading.kept(request)}
    return render(request, "campaigns/messages.html", context)


@login_required
def calls(request: HttpRequest) -> HttpResponse:
    """The calls behind a number."""
    measure = request.GET.get("measure", "made")
    found = _report(request, "getReportCalls", measure=measure, **_from(request))
    title = reading.OF_CALLS.get(measure, measure)
    context = {"found": found, "title": title, "asked": reading.kept(request)}
    return render(request, "campaigns/calls.html", context)


@login_required
def carriers(request: HttpRequest) -> HttpResponse:
    """The carriers behind a step of the funnel."""
    stage = request.GET.get("stage", "sent")
    found = _report(request, "getReportCarriers", stage=stage, **_from(request))
    context = {"found": found, "stage": stage, "asked": reading.kept(request)}
    return render(request, "campaigns/carriers.html", context)


@login_required
def export(request: HttpRequest, report: str) -> HttpResponse:
    """A report as a CSV file, with the filters of the page."""
    if report == "campaigns":
        lines = [(line.label, line, line.calls) for line in _report(request, "getCampaignMetrics").campaigns]
    elif report == "sequences":
        lines = [(one.name, one.line, one.calls) for one in _report(request, "getSequencePerformance").sequences]
    elif report == "steps":
        found = _report(request, "getStepPerformance").steps
        lines = [(f"{one.number or ''} {one.title}".strip(), one.line, one.calls) for one in found]
    elif report == "channels":
        found = _report(request, "getChannelPerformance").channels
        lines = [(one.label, one.line, one.calls) for one in found]
    elif report == "reps":
        lines = [(one.name, one.line, one.calls) for one in _report(request, "getRepPerformance").reps]
    else:
        raise Http404("There is no such report.")
    return files.as_csv(f"campaigns-{report}", lines)


def _from(request: HttpRequest) -> dict[str, str]:
    return {"cursor": str(request.GET["cursor"])} if request.GET.get("cursor") else {}
