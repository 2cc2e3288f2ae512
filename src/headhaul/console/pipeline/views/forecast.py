"""The forecast: what closes this period, and what people said about it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.pipeline import findings
from headhaul.console.pipeline.money import cents, dollars
from headhaul.console.ui.bridge import render, run, told
from headhaul.kernel import Conflict, InvalidData

ASKED = ("period", "startsOn", "owner", "teamId", "pipelineId", "probability", "asOf")
TYPED = ("kind", "whose", "commit", "bestCase", "note")
BUCKETS = {
    "all": "All deals", "closed": "Closed", "open": "Open", "commit": "Commit", "best_case": "Best case",
    "pipeline": "Pipeline", "omitted": "Omitted", "no_amount": "Without amount", "diverging": "AI and stage differ",
}  # fmt: skip


@login_required
def forecast(request: HttpRequest) -> HttpResponse:
    """The forecast of a period."""
    return _page(request, request.GET)


@login_required
@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """Make a call on the period; a refusal keeps what was typed."""
    typed, here = request.POST, QueryDict(request.POST.get("here", "").removeprefix("?"))
    try:
        run(
            request,
            "submitForecast",
            period=typed.get("period"),
            starts_on=typed.get("startsOn"),
            **_whose(typed.get("whose", "")),
            kind=typed.get("kind"),
            commit_cents=cents(typed.get("commit", ""), "commitCents"),
            best_case_cents=cents(typed.get("bestCase", ""), "bestCaseCents"),
            note=typed.get("note"),
        )
    except (InvalidData, Conflict) as refusal:
        return _page(request, here, typed=typed, refusal=refusal, status=refusal.status)
    return told(request, redirect(f"{reverse('pipeline:forecast')}?{here.urlencode()}"), "Call kept.")


@login_required
def deals(request: HttpRequest) -> HttpResponse:
    """The deals behind a number."""
    asked = _asked(request.GET) | {"bucket": request.GET.get("bucket") or "all"}
    found = run(request, "getForecastDeals", cursor=request.GET.get("cursor"), **asked)
    context = {
        "found": found,
        "what": BUCKETS.get(asked["bucket"], ""),
        "back": reverse("pipeline:forecast") + "?" + _without(request.GET, "bucket", "cursor"),
    }
    return render(request, "pipeline/forecast_deals.html", context)


def _page(
    request: HttpRequest,
    given: QueryDict,
    *,
    typed: QueryDict | None = None,
    refusal: InvalidData | Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = _asked(given)
    found = run(request, "getForecast", **asked)
    context: dict[str, Any] = {
        "forecast": found,
        "finding": findings.of_forecast(found),
        "chosen": {name: given.get(name, "") for name in ASKED},
        "here": given.urlencode(),
        "typed": {name: typed.get(name, "") if typed else "" for name in TYPED},
        "refusal": refusal,
        "dollars": dollars,
    }
    return render(request, "pipeline/forecast.html", context, status=status)


def _whose(word: str) -> dict[str, Any]:
    """user:7, team:3 or firm; nothing is oneself."""
    kind, _, key = word.partition(":")
    meant: dict[str, dict[str, Any]] = {"user": {"user_id": key}, "team": {"team_id": key}, "firm": {"firm": True}}
    return meant.get(kind, {})


def _asked(given: QueryDict) -> dict[str, str]:
    return {name: str(given[name]) for name in ASKED if given.get(name)}


def _without(given: QueryDict, *names: str) -> str:
    kept = given.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()
