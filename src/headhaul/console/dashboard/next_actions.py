"""The queue of next actions on the dashboard, and what one does with its lines."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import render, run, told, wants_fragment
from headhaul.console.ui.shell import reader_zone

SHOWN, ALL = 8, 50
MORNING = time(8)
OUTCOMES = {
    "reply": "They replied", "meeting": "A meeting is set", "stage_advance": "The deal moved on",
    "no_response": "No answer", "not_interested": "Not interested",
}  # fmt: skip
DAYS = {"tomorrow": 1, "week": 7, "month": 30}


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The queue alone; with `all`, the whole of it."""
    return _queue(request) if wants_fragment(request) else redirect("dashboard:home")


@login_required
@require_POST
def snooze(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the account away until the morning of a day, in the reader's zone."""
    days = DAYS.get(request.POST.get("until", ""), 1)
    here = timezone.now().astimezone(reader_zone(request)) + timedelta(days=days)
    run(
        request,
        "snoozeAction",
        key=key,
        until=datetime.combine(here.date(), MORNING, here.tzinfo).isoformat(),
        timezone=zone_of(request),
    )
    return _done(request, "Back tomorrow." if days == 1 else f"Back in {days} days.")


@login_required
@require_POST
def skip(request: HttpRequest, key: str) -> HttpResponse:
    """Take the line off."""
    run(request, "skipAction", key=key, timezone=zone_of(request))
    return _done(request, "Skipped.")


@login_required
@require_POST
def done(request: HttpRequest, key: str) -> HttpResponse:
    """It was acted on, perhaps with what came of it; a task is completed with it."""
    if outcome := request.POST.get("outcome"):
        run(request, "recordActionOutcome", key=key, outcome=outcome, timezone=zone_of(request))
    else:
        run(request, "recordActionTaken", key=key, timezone=zone_of(request))
    kind, _, number = key.partition(":")
    if kind == "task":
        run(request, "completeTask", task_id=number)
    return _done(request, f"Done: {OUTCOMES[outcome].lower()}." if outcome in OUTCOMES else "Done.")


def zone_of(request: HttpRequest) -> str:
    """The name of the reader's zone: the queue speaks of their days, as the list of tasks does."""
    return str(reader_zone(request))


def _done(request: HttpRequest, said: str) -> HttpResponse:
    return told(request, _queue(request) if wants_fragment(request) else redirect("dashboard:home"), said)


def _queue(request: HttpRequest) -> HttpResponse:
    limit = ALL if request.GET.get("all") else SHOWN
    context = {"next": run(request, "getNextActions", limit=limit, timezone=zone_of(request)), "outcomes": OUTCOMES}
    return render(request, "dashboard/_next_actions.html", context)
