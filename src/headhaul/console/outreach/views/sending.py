"""What may still leave today, and stopping all of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.outreach.words import CHANNEL_ICONS, CHANNEL_WORDS
from headhaul.console.ui.bridge import render, run, told


def limits_of(request: HttpRequest) -> dict[str, Any]:
    """What is left of today's limits and what is stopped, with the words that say it."""
    found = run(request, "getThrottleStatus")
    return {"limits": found, "channel_words": CHANNEL_WORDS, "icons": CHANNEL_ICONS}


@login_required
def limits(request: HttpRequest) -> HttpResponse:
    """The same alone, for pages that are open."""
    return render(request, "console_outreach/_limits.html", limits_of(request))


@login_required
@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Stop everything, or one channel."""
    what = request.POST.get("what", "all")
    scope, key = ("channel", what) if what in CHANNEL_WORDS else ("all", "")
    run(request, "setSendingHold", scope=scope, key=key, reason=request.POST.get("reason"))
    return told(request, redirect("outreach:sequences"), "Sending is stopped. What is due waits.")


@login_required
@require_POST
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Let it go on."""
    run(request, "liftSendingHold", hold_id=hold_id)
    return told(request, redirect("outreach:sequences"), "Sending goes on.")
