"""The outbox: what waits, what left, what came of it; and one message as it would look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.outreach.words import CHANNEL_ICONS, CHANNEL_WORDS, MESSAGE_STATES, MESSAGE_TONES
from headhaul.console.ui.bridge import render, run, told, wants_fragment

FILTERS = ("channel", "sequenceId", "contactId", "accountId", "enrolmentId", "userId")
WHICH: dict[str, tuple[str, dict[str, Any]]] = {
    "waiting": ("Waiting", {"states": "draft,queued,claimed,dispatching", "sort": "due"}),
    "held": ("Held", {"is_held": True, "sort": "due"}),
    "sent": ("Sent", {"states": "accepted,delivered"}),
    "trouble": ("In trouble", {"states": "bounced,failed,unknown,unknown_final,expired"}),
    "cancelled": ("Called off", {"states": "cancelled"}),
    "all": ("All", {}),
}
LOOK = {
    "state_words": MESSAGE_STATES,
    "state_tones": MESSAGE_TONES,
    "icons": CHANNEL_ICONS,
    "channel_words": CHANNEL_WORDS,
}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """One group of messages. With a cursor, those after it."""
    chosen, cursor = {name: request.GET.get(name, "") for name in FILTERS}, request.GET.get("cursor")
    which = request.GET.get("which", "")
    which = which if which in WHICH else "waiting"
    found = run(request, "getOutbox", cursor=cursor, limit=50, **WHICH[which][1], **chosen)
    context = LOOK | {"found": found, "chosen": chosen, "which": which, "groups": WHICH}
    if wants_fragment(request):
        return render(request, f"console_outreach/{'_message_rows' if cursor else '_outbox'}.html", context)
    context["sequences"] = {str(each.id): each.name for each in run(request, "listSequences", limit=100).items}
    return render(request, "console_outreach/outbox.html", context)


@login_required
def show(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """How it looks, each attempt, each event, each decision."""
    found = run(request, "getMessage", message_id=message_id)
    return render(request, "console_outreach/message.html", LOOK | {"found": found})


@login_required
@require_POST
def cancel(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """It does not leave."""
    run(request, "cancelMessage", message_id=message_id, reason=request.POST.get("reason"))
    return told(request, redirect("outreach:message", message_id), "Called off. It does not leave.")


@login_required
@require_POST
def requeue(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Once more, though the first may have arrived."""
    run(request, "requeueMessage", message_id=message_id, reason=request.POST.get("reason"))
    return told(request, redirect("outreach:message", message_id), "It is tried once more.")


@login_required
@require_POST
def approve(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """It may leave as it stands."""
    run(request, "approveMessage", message_id=message_id)
    return told(request, redirect("outreach:message", message_id), "Approved. It leaves when the rules allow it.")
