"""Ringing one person up, straight from where they stand."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import run, told, wants_fragment


@login_required
@require_POST
def start(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The call begins, if every rule allows it now: a provider rings the reader's telephone, or that one dials."""
    begun = run(request, "startCall", contact_id=contact_id, address=request.POST.get("address"))
    said = f"Calling {begun.who}. Say how it went under Calls." if begun.href else f"Yours rings, then {begun.who}'s."
    if not wants_fragment(request):
        return told(request, redirect("calls:made"), said)
    answer = told(request, HttpResponse(), said)
    if begun.href:
        events = json.loads(answer.headers["HX-Trigger"]) | {"reach": {"href": begun.href}}
        answer.headers["HX-Trigger"] = json.dumps(events)
    return answer
