"""Writing to one person: an e-mail or a text of one's own, with what the rules say about it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.outreach.words import CHANNEL_WORDS
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.refusing import SHOWN, possible_at

TYPED = ("subject", "text", "address", "inboundId")
ACTIONS = {"email": "sendEmail", "sms": "sendSms"}


@login_required
def write(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The form, and the message that comes of it; a refusal keeps what was typed and says when it may be."""
    contact = run(request, "getContact", contact_id=contact_id)
    asked = request.POST if request.method == "POST" else request.GET
    channel = asked.get("channel", "email")
    channel = channel if channel in ACTIONS else "email"
    typed, refusal = {name: asked.get(name, "") for name in TYPED}, None
    if request.method == "POST":
        try:
            message = perform(request, ACTIONS[channel], _given(contact_id, channel, typed)).message
        except SHOWN as error:
            refusal = error
        else:
            return told(request, redirect("outreach:message", message.id), _said(message))
    context = {
        "contact": contact,
        "channel": channel,
        "channels": {name: CHANNEL_WORDS[name] for name in ACTIONS},
        "typed": typed,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "possible_at": possible_at(refusal),
    }
    return render(request, "console_outreach/write.html", context, status=refusal.status if refusal else 200)


def _given(contact_id: int, channel: str, typed: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in typed.items() if value and (name != "subject" or channel == "email")}
    return given | {"contactId": contact_id}


def _said(message: Any) -> str:
    held = f" {message.held_reason}" if message.held_reason else ""
    return f"To {message.address}: it leaves now." if not held else f"To {message.address}: it waits.{held}"
