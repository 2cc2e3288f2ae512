"""The queue as a power list: take, dial, say how it went, and on to the next."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.calls.words import OUTCOMES
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.kernel import NotFound

TEXTS = ("disposition", "notes", "transcript")


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Whom to call next; what I have taken stands above. With a cursor, those who come after."""
    chosen, cursor = request.GET.get("campaign", ""), request.GET.get("cursor", "")
    context = {
        "queue": run(request, "getCallQueue", callCampaignId=chosen, cursor=cursor, limit=25),
        "cursor": cursor,
        "campaigns": _names(request),
        "chosen": chosen,
        "outcomes": OUTCOMES,
    }
    return render(request, "calls/queue.html", context)


@login_required
def card(request: HttpRequest, target_id: int) -> HttpResponse:
    """One of them: the script, what was said before, the number, and how it went."""
    context = {
        "card": run(request, "getCallCard", target_id=target_id),
        "outcomes": OUTCOMES,
        "chosen": request.GET.get("campaign", ""),
    }
    return render(request, "calls/card.html", context)


@login_required
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """The next one that may be called now; where there is none, the queue says when there will be."""
    chosen = request.POST.get("campaign", "")
    try:
        taken = run(request, "takeCall", call_campaign_id=chosen)
    except NotFound as nobody:
        return told(request, redirect(_queue(chosen)), nobody.message.partition(" The next one")[0], tone="warn")
    return redirect(_card(taken.target.target_id, chosen))


@login_required
@require_POST
def take(request: HttpRequest, target_id: int) -> HttpResponse:
    """This one."""
    run(request, "takeCall", target_id=target_id)
    return redirect(_card(target_id, request.POST.get("campaign", "")))


@login_required
@require_POST
def release(request: HttpRequest, target_id: int) -> HttpResponse:
    """Back into the queue, or out of it for good."""
    skips = bool(request.POST.get("skip"))
    run(request, "releaseCall", target_id=target_id, skip=skips)
    said = "Left out of the queue." if skips else "Back in the queue."
    return told(request, redirect(_queue(request.POST.get("campaign", ""))), said)


@login_required
@require_POST
def start(request: HttpRequest, target_id: int) -> HttpResponse:
    """The call begins: by the reader's telephone, or by the provider that rings it."""
    begun = run(request, "startCall", target_id=target_id, my_number=request.POST.get("myNumber"))
    where = _card(target_id, request.POST.get("campaign", ""))
    said = f"Your telephone rings; then {begun.who} is called." if not begun.href else f"Dial {begun.who} now."
    return told(request, redirect(where), said)


@login_required
@require_POST
def outcome(request: HttpRequest, call_id: int) -> HttpResponse:
    """How it went; what followed is said, and the next one is a click away."""
    given: dict[str, Any] = {"callId": call_id} | {name: request.POST[name] for name in TEXTS if request.POST.get(name)}
    if minutes := request.POST.get("minutes"):
        given["seconds"] = int(minutes) * 60 if minutes.isdigit() else minutes
    if given.get("disposition") == "callback" and request.POST.get("callbackLocal"):
        given["callbackLocal"] = request.POST["callbackLocal"][:16]
    if given.get("disposition") == "meeting_set" and request.POST.get("meetingLocal"):
        given["meetingLocal"] = request.POST["meetingLocal"][:16]
    if request.POST.get("recordingUrl"):
        given["recordingUrl"] = request.POST["recordingUrl"]
        given["recordingConsent"] = {name: name in request.POST for name in ("announced", "agreed")}
    logged = perform(request, "logCallOutcome", given)
    said = " ".join([f"{OUTCOMES.get(logged.call.disposition, 'Noted')}.", *logged.followed])
    return told(request, redirect(_queue(request.POST.get("campaign", ""))), said)


@login_required
def made(request: HttpRequest) -> HttpResponse:
    """Calls that were made."""
    asked = {name: request.GET.get(name, "") for name in ("campaign", "cursor", "disposition")}
    found = run(
        request,
        "getCalls",
        callCampaignId=asked["campaign"],
        cursor=asked["cursor"],
        dispositions=[asked["disposition"]] if asked["disposition"] else None,
    )
    context = {"calls": found, "campaigns": _names(request), "chosen": asked, "outcomes": OUTCOMES}
    return render(request, "calls/made.html", context)


def _names(request: HttpRequest) -> dict[str, str]:
    return {str(one.id): one.name for one in run(request, "getCallCampaigns").items}


def _queue(chosen: str) -> str:
    return reverse("calls:queue") + (f"?campaign={int(chosen)}" if chosen.isdigit() else "")


def _card(target_id: int, chosen: str) -> str:
    return reverse("calls:card", args=[target_id]) + (f"?campaign={int(chosen)}" if chosen.isdigit() else "")
