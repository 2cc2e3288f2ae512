"""Ringing one person up, straight from where they stand."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from headhaul.console.ui.bridge import remember_toast, render, run, told, wants_fragment
from headhaul.console.ui.shell import Shell
from headhaul.kernel import AppError

TAKEN = "target_taken"


@login_required
@require_POST
def start(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The call begins, if every rule allows it now: a provider rings the reader's telephone, or that one dials."""
    given = {"contact_id": contact_id, "address": request.POST.get("address")}
    try:
        begun = run(request, "startCall", **given, take_over=bool(request.POST.get("takeOver")) or None)
    except AppError as refusal:
        if refusal.code != TAKEN or not Shell(request).allows("manager"):
            raise
        return _asked_first(request, contact_id, refusal)
    said = f"Calling {begun.who}. Say how it went under Calls." if begun.href else f"Yours rings, then {begun.who}'s."
    if not wants_fragment(request):
        return told(request, redirect("calls:made"), said)
    answer = told(request, HttpResponse(), said)
    if begun.href:
        events = json.loads(answer.headers["HX-Trigger"]) | {"reach": {"href": begun.href}}
        answer.headers["HX-Trigger"] = json.dumps(events)
    return answer


@login_required
@require_GET
def over(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Another rep has them: whether a manager really wants to take over."""
    context = {"contact": run(request, "getContact", contact_id=contact_id)}
    return render(request, "console_outreach/take_over.html", context)


def _asked_first(request: HttpRequest, contact_id: int, refusal: AppError) -> HttpResponse:
    """To the page that asks, where it is said who has them."""
    where = reverse("outreach:take_over", args=[contact_id])
    answer = HttpResponse(headers={"HX-Redirect": where}) if wants_fragment(request) else redirect(where)
    return remember_toast(answer, refusal.message, tone="warn")
