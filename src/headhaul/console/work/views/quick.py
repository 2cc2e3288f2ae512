"""Calling and writing from an account's page: checked, logged, and handed to the phone or the mail program."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import run, told, wants_fragment
from headhaul.console.work.saying import trigger

STARTED = {"call": "Calling {}. Say how it went below.", "email": "Writing to {}.", "sms": "Texting {}."}


@login_required
@require_POST
def start(request: HttpRequest, account_id: int) -> HttpResponse:
    """Start a call or a message; the timeline has it before anybody answers."""
    kind, contact_id = request.POST.get("kind", ""), request.POST.get("contactId") or request.GET.get("contact")
    done = run(request, "quickAction", kind=kind, account_id=account_id, contact_id=contact_id)
    said = STARTED.get(kind, "{}").format(done.next.who if done.next else "")
    if not wants_fragment(request):
        return told(request, redirect("accounts:account", account_id), said)
    answer = trigger(told(request, HttpResponse(), said), "logged", {"id": done.activity.id})
    return trigger(answer, "reach", {"href": done.next.href}) if done.next else answer
