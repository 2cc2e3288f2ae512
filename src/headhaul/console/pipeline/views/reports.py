"""How the pipeline moved, and how deals get from stage to stage."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from headhaul.console.pipeline import findings
from headhaul.console.ui.bridge import render, run

MOVEMENT = ("from", "to", "closingFrom", "closingTo", "period", "startsOn", "owner", "teamId", "pipelineId")
CONVERSIONS = ("from", "to", "owner", "teamId", "pipelineId")
ACCURACY = ("period", "owner", "teamId", "pipelineId")
METHODS = {
    "stage": "Stage probabilities", "ai": "AI", "commit": "Commit", "best_case": "Best case",
    "rep_calls": "Reps' calls", "manager_call": "Manager's call",
}  # fmt: skip
LEADS = {"start": "At its start", "days_30": "30 days before its end", "days_7": "7 days before its end"}


@login_required
def movement(request: HttpRequest) -> HttpResponse:
    """The movement of a window between two days."""
    found = run(request, "getPipelineMovement", **_asked(request.GET, MOVEMENT))
    context = {
        "movement": found,
        "finding": findings.of_movement(found),
        "chosen": {name: request.GET.get(name, "") for name in MOVEMENT},
        "chart": waterfall(found),
    }
    return render(request, "pipeline/movement.html", context)


@login_required
def movement_deals(request: HttpRequest) -> HttpResponse:
    """The deals behind one step."""
    asked, bucket = _asked(request.GET, MOVEMENT), request.GET.get("bucket", "")
    found = run(request, "getMovementDeals", bucket=bucket, cursor=request.GET.get("cursor"), **asked)
    kept = request.GET.copy()
    for name in ("bucket", "cursor"):
        kept.pop(name, None)
    context = {"found": found, "bucket": bucket, "back": f"{reverse('pipeline:movement')}?{kept.urlencode()}"}
    return render(request, "pipeline/movement_deals.html", context)


@login_required
def conversions(request: HttpRequest) -> HttpResponse:
    """The funnel of some days."""
    found = run(request, "getStageConversions", **_asked(request.GET, CONVERSIONS))
    context = {
        "conversions": found,
        "finding": findings.of_conversions(found),
        "chosen": {name: request.GET.get(name, "") for name in CONVERSIONS},
    }
    return render(request, "pipeline/conversions.html", context)


@login_required
def accuracy(request: HttpRequest) -> HttpResponse:
    """How good the forecasts of past periods were, and where model and stage differ now."""
    asked = _asked(request.GET, ACCURACY)
    whose = {name: value for name, value in asked.items() if name != "period"}
    context = {
        "found": run(request, "getForecastAccuracy", **asked),
        "predictions": run(request, "getPredictions", cursor=request.GET.get("cursor"), limit=25, **whose),
        "chosen": {name: request.GET.get(name, "") for name in ACCURACY},
        "methods": METHODS,
        "leads": LEADS,
    }
    return render(request, "pipeline/accuracy.html", context)


def waterfall(movement: Any) -> dict[str, Any]:
    """Bars from the start to the end, what came first and what went after it, in whole dollars."""
    steps = sorted((step for step in movement.steps if step.amount_cents), key=lambda step: step.amount_cents < 0)
    labels, base, rise, fall, level = ["Start"], [0], [0], [0], movement.start_cents
    for step in steps:
        labels.append(step.label)
        base.append(min(level, level + step.amount_cents) // 100)
        rise.append(max(step.amount_cents, 0) // 100)
        fall.append(max(-step.amount_cents, 0) // 100)
        level += step.amount_cents
    labels.append("End")
    bars = {
        "Open": [movement.start_cents // 100, *[0] * (len(labels) - 2), movement.end_cents // 100],
        "Came": [*rise, 0],
        "Went": [*fall, 0],
    }
    series = [{"name": name, "values": values} for name, values in bars.items()]
    return {"kind": "waterfall", "labels": labels, "base": [*base, 0], "series": series}


def _asked(given: QueryDict, names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(given[name]) for name in names if given.get(name)}
