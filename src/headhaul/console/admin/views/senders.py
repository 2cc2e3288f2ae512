"""Mailboxes and numbers: what messages go from, and whether they will be believed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.admin import sender_form
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.kernel import AppError, NotFound
from headhaul.kernel.actions import find
from headhaul.security.actors import actor_of

FORM_STATUSES = (409, 422)
CHANNELS = {"email": "E-mail", "sms": "Texts", "call": "Calls"}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every mailbox and number. With a cursor, those after it."""
    cursor = request.GET.get("cursor")
    context = {"senders": run(request, "listSenders", cursor=cursor), "channels": CHANNELS, "may": _may(request)}
    part = wants_fragment(request) and cursor
    return render(request, "console_admin/_senders_rows.html" if part else "console_admin/senders.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """First the kind, then the form."""
    preset = sender_form.PRESETS.get(request.GET.get("preset", ""))
    if preset is None:
        return render(request, "console_admin/sender_kinds.html", {"presets": list(sender_form.PRESETS.values())})
    return _form(request, preset, None)


@login_required
def edit(request: HttpRequest, sender_id: int) -> HttpResponse:
    """A mailbox or number: what was found of it, and its form."""
    sender = _sender(request, sender_id)
    return _form(request, sender_form.preset_of(sender), sender)


@login_required
@require_POST
def check(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Look anew."""
    checked = run(request, "checkSender", sender_id=sender_id)
    blocks = sum(1 for each in checked.findings if each.grade == "block")
    said = f"{checked.address} is checked." if not blocks else f"{checked.address} is checked: it must not send yet."
    return told(request, redirect("admin:sender", sender_id), said, tone="bad" if blocks else "good")


@login_required
@require_POST
def test(request: HttpRequest, sender_id: int) -> HttpResponse:
    """A message to oneself."""
    tested = run(request, "testSender", sender_id=sender_id)
    return told(request, redirect("admin:sender", sender_id), tested.sentence)


@login_required
@require_POST
def switch(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Let it send, or pause it."""
    is_on = request.POST.get("is_active") == "1"
    saved = perform(request, "setSenderActive", {"senderId": sender_id, "isActive": is_on})
    said = f"{saved.address} sends again." if is_on else f"{saved.address} is paused. What is to go from it waits."
    return told(request, redirect("admin:sender", sender_id), said)


@login_required
@require_POST
def remove(request: HttpRequest, sender_id: int) -> HttpResponse:
    """Away with it and its password."""
    gone = run(request, "removeSender", sender_id=sender_id)
    return told(request, redirect("admin:senders"), f"{gone.address} is removed, and its password with it.")


def _form(request: HttpRequest, preset: sender_form.Preset, sender: Any) -> HttpResponse:
    typed, refusal = sender_form.of_sender(sender) if sender else sender_form.blank(preset), None
    if request.method == "POST":
        typed = sender_form.of_post(request.POST)
        try:
            saved = perform(request, "saveSender", sender_form.data_of(typed, preset, sender))
        except AppError as error:
            if error.status not in FORM_STATUSES:
                raise
            refusal = error
        else:
            return told(request, redirect("admin:sender", saved.id), f"{saved.address} is saved.")
    context = {
        "preset": preset,
        "sender": sender,
        "typed": typed,
        "refusal": refusal,
        "people": _people(request),
        "webhook_hint": sender_form.webhook_hint(preset),
        "may": _may(request),
    }
    return render(request, "console_admin/sender.html", context, status=refusal.status if refusal else 200)


def _sender(request: HttpRequest, sender_id: int) -> Any:
    found = run(request, "listSenders", sender_id=sender_id).items
    if not found:
        raise NotFound(f"There is no mailbox or number {sender_id}.")
    return found[0]


def _people(request: HttpRequest) -> dict[str, str]:
    return {str(person.id): person.name for person in run(request, "listOwners", limit=100).items}


def _may(request: HttpRequest) -> bool:
    """Whether whoever looks may change anything."""
    role, action = actor_of(request.user).role, find("saveSender")
    return role is not None and action is not None and role.allows(action.role)
