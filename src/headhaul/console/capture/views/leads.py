"""The queue of leads, hot ones first, and one lead with its reasons."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.capture.reading import events, people, sources
from headhaul.console.capture.words import LOOK
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.chosen import back_of
from headhaul.kernel import AppError

FILTERS = ("status", "grade", "owner", "ownerId", "eventId", "source", "order", "isLate", "isSpam")
WHICH: dict[str, tuple[str, dict[str, Any]]] = {
    "open": ("Open", {}),
    "mine": ("Mine", {"owner": "me"}),
    "nobodys": ("Nobody's", {"owner": "none"}),
    "late": ("Late", {"isLate": True}),
    "held": ("Held back", {"isSpam": True, "status": "all"}),
}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The queue. With a cursor, the leads after it."""
    chosen = {name: request.GET.get(name, "") for name in ("status", "grade", "ownerId", "eventId", "source", "order")}
    which, cursor = request.GET.get("which", ""), request.GET.get("cursor")
    which = which if which in WHICH else "open"
    asked = {**chosen, **WHICH[which][1]}
    found = run(request, "getLeadQueue", cursor=cursor, limit=50, **asked)
    context = LOOK | {"found": found, "chosen": chosen, "which": which, "tabs": WHICH}
    if wants_fragment(request):
        return render(request, f"console_capture/{'_lead_rows' if cursor else '_leads'}.html", context)
    context |= {
        "events": {str(each.id): each.name for each in events(request, isActive=None)},
        "sources": sources(request),
        "people": people(request),
    }
    return render(request, "console_capture/leads.html", context)


@login_required
def show(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Everything that is known of a lead: what was said, what it scored and why, whose it is and why."""
    return _page(request, lead_id)


def _page(request: HttpRequest, lead_id: int, *, refusal: AppError | None = None) -> HttpResponse:
    context = LOOK | {"lead": run(request, "getLead", lead_id=lead_id), "people": people(request), "refusal": refusal}
    return render(request, "console_capture/lead.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def give(request: HttpRequest, lead_id: int) -> HttpResponse:
    """To oneself, to somebody, or to nobody."""
    asked = request.POST.get("owner", "me")
    owner = request.user.pk if asked == "me" else int(asked) if asked.isdigit() else None
    lead = perform(request, "updateLead", {"leadId": lead_id, "version": _version(request, lead_id), "ownerId": owner})
    whose = "yours" if owner == request.user.pk else lead.owner.name + "'s" if lead.owner else "nobody's"
    return told(request, redirect(_back(request, lead_id)), f"{lead.name} is {whose} now.")


@login_required
@require_POST
def set_status(request: HttpRequest, lead_id: int) -> HttpResponse:
    """How far one got."""
    data = {"leadId": lead_id, "version": _version(request, lead_id), "status": request.POST.get("status", "")}
    lead = perform(request, "updateLead", data)
    return told(request, redirect(_back(request, lead_id)), f"{lead.name}: {lead.status.label.lower()}.")


@login_required
@require_POST
def note(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Note and tags, as they are now."""
    tags = [tag for tag in (each.strip() for each in request.POST.get("tags", "").split(",")) if tag]
    data = {
        "leadId": lead_id,
        "version": _version(request, lead_id),
        "note": request.POST.get("note", ""),
        "tags": tags,
    }
    try:
        perform(request, "updateLead", data)
    except AppError as refusal:
        return _page(request, lead_id, refusal=refusal)
    return told(request, redirect("capture:lead", lead_id), "Note and tags are saved.")


@login_required
@require_POST
def disqualify(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Nobody goes on with it."""
    try:
        lead = run(request, "disqualifyLead", lead_id=lead_id, reason=request.POST.get("reason"))
    except AppError as refusal:
        return _page(request, lead_id, refusal=refusal)
    return told(request, redirect(_back(request, lead_id)), f"{lead.name} is disqualified.")


@login_required
@require_POST
def reopen(request: HttpRequest, lead_id: int) -> HttpResponse:
    """After all."""
    lead = run(request, "reopenLead", lead_id=lead_id)
    return told(request, redirect("capture:lead", lead_id), f"{lead.name} is open again.")


@login_required
@require_POST
def release(request: HttpRequest, lead_id: int) -> HttpResponse:
    """It is no junk."""
    run(request, "releaseLead", lead_id=lead_id)
    return told(request, redirect("capture:lead", lead_id), "It counts as a lead now, and was scored and given away.")


@login_required
@require_POST
def keep(request: HttpRequest, lead_id: int) -> HttpResponse:
    """It may be no junk: it is not removed by itself any more."""
    run(request, "keepHeldLead", lead_id=lead_id)
    return told(request, redirect("capture:lead", lead_id), "Kept. It is not removed by itself.")


def _version(request: HttpRequest, lead_id: int) -> int:
    """The version that the page showed; a button of a list that has none acts on what is there now."""
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else int(run(request, "getLead", lead_id=lead_id).version)


def _back(request: HttpRequest, lead_id: int) -> str:
    return back_of(request, reverse("capture:lead", args=[lead_id]))
