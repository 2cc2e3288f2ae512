"""Noting what is written or said from one's own mailbox or telephone: the rules are asked before, the proof stays."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.outreach.words import CHANNEL_WORDS
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.refusing import SHOWN, possible_at
from headhaul.outreach.choices import Disposition

TYPED = {
    "email": ("address", "subject", "text"),
    "sms": ("address", "text"),
    "call": ("address", "text", "disposition"),
}
ACTIONS = {"email": "recordEmail", "sms": "recordSms", "call": "recordCall"}
ENDS = {end.value: end.value.replace("_", " ").capitalize() for end in Disposition}


@login_required
def note(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The form, and the line on the timeline that comes of it; a refusal keeps what was typed."""
    contact = run(request, "getContact", contact_id=contact_id)
    asked = request.POST if request.method == "POST" else request.GET
    channel = asked.get("channel", "call")
    channel = channel if channel in ACTIONS else "call"
    typed, refusal = {name: asked.get(name, "") for name in TYPED[channel]}, None
    if request.method == "POST":
        given = {name: value for name, value in typed.items() if value}
        try:
            noted = perform(request, ACTIONS[channel], given | {"contactId": contact_id})
        except SHOWN as error:
            refusal = error
        else:
            said = " ".join([f"{CHANNEL_WORDS[channel]} to {noted.address}: noted.", *noted.followed])
            return told(request, redirect("accounts:account", contact.account_id), said)
    context = {
        "contact": contact,
        "channel": channel,
        "channels": {name: CHANNEL_WORDS[name] for name in ACTIONS},
        "typed": typed,
        "ends": ENDS,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "possible_at": possible_at(refusal),
    }
    return render(request, "console_outreach/note.html", context, status=refusal.status if refusal else 200)
