"""Sequences: the list, one with its steps and people, and switching it on and off."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.outreach.views.sending import limits_of
from headhaul.console.outreach.words import CHANNEL_ICONS, SEQUENCE_STATES
from headhaul.console.ui.bridge import render, run, told, wants_fragment

FILTERS = ("state", "campaign", "ownerId", "q")
STATE_SAID = {
    "active": "“{}” is on: whoever is enrolled gets its steps.",
    "paused": "“{}” is paused. Everybody stays where they are, and nothing of it leaves.",
    "archived": "“{}” is archived.",
    "draft": "“{}” is a draft again.",
}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every sequence with who is where. With a cursor, those after it."""
    chosen, cursor = {name: request.GET.get(name, "") for name in FILTERS}, request.GET.get("cursor")
    found = run(request, "listSequences", cursor=cursor, limit=50, **chosen)
    context = {"found": found, "chosen": chosen, "states": SEQUENCE_STATES, "icons": CHANNEL_ICONS}
    if wants_fragment(request):
        part = "_sequence_rows" if cursor else "_sequences"
        return render(request, f"console_outreach/{part}.html", context)
    return render(request, "console_outreach/sequences.html", context | limits_of(request))


@login_required
def show(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """One sequence: its steps with what became of them, its versions, and who is in it."""
    number = request.GET.get("number")
    sequence = run(request, "getSequence", sequence_id=sequence_id, number=number)
    context = {
        "sequence": sequence,
        "counts": {each.key: each for each in sequence.step_counts},
        "people": run(request, "getEnrollments", sequence_id=sequence_id, limit=8),
        "states": SEQUENCE_STATES,
        "icons": CHANNEL_ICONS,
    }
    return render(request, "console_outreach/sequence.html", context)


@login_required
@require_POST
def set_state(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """On, paused, or away into the archive."""
    state, version = request.POST.get("state", ""), request.POST.get("version")
    sequence = run(request, "setSequenceStatus", sequence_id=sequence_id, state=state, version=version)
    said = STATE_SAID.get(sequence.state.value, "“{}” is changed.").format(sequence.name)
    return told(request, redirect("outreach:sequence", sequence_id), said)


@login_required
@require_POST
def move(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Whoever is in an older version goes on in the current one."""
    moved = run(request, "moveEnrollments", sequence_id=sequence_id)
    said = f"{moved.moved:,} go on in version {moved.number}."
    if moved.not_moved:
        said += f" {moved.not_moved:,} stay: their next step is not in it."
    return told(request, redirect("outreach:sequence", sequence_id), said)


@login_required
@require_POST
def remove(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """Away with one that nobody was ever in."""
    gone = run(request, "removeSequence", sequence_id=sequence_id, version=request.POST.get("version"))
    return told(request, redirect("outreach:sequences"), f"“{gone.name}” is removed.")
