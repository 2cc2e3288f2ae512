"""Who is in sequences: where they stand, what comes next and when, and what holds it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from headhaul.console.outreach.words import CHANNEL_ICONS, ENROLMENT_STATES, ENROLMENT_TONES
from headhaul.console.ui.bridge import render, run, told, wants_fragment
from headhaul.kernel import NotFound

FILTERS = (
    "sequenceId", "state", "isLive", "contactId", "accountId", "ownerId", "stepKey", "batchId", "q", "enrolledFrom",
    "enrolledTo", "owner", "version",
)  # fmt: skip
DEEDS = {
    "pause": ("pauseEnrollment", "held where {} stood"),
    "resume": ("resumeEnrollment", "going on"),
    "stop": ("stopEnrollment", "out of the sequence"),
}
LOOK = {"state_words": ENROLMENT_STATES, "state_tones": ENROLMENT_TONES, "icons": CHANNEL_ICONS}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Enrolments, the newest first. With a cursor, those after it."""
    chosen, cursor = {name: request.GET.get(name, "") for name in FILTERS}, request.GET.get("cursor")
    found = run(request, "getEnrollments", cursor=cursor, limit=50, **chosen)
    context = LOOK | {"found": found, "chosen": chosen}
    if wants_fragment(request):
        return render(request, f"console_outreach/{'_enrolment_rows' if cursor else '_enrolments'}.html", context)
    context["sequences"] = {str(each.id): each.name for each in run(request, "listSequences", limit=100).items}
    return render(request, "console_outreach/enrolments.html", context)


@login_required
def show(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """One with every move it made, and the messages that came of it."""
    found = run(request, "getEnrollments", enrolment_id=enrolment_id).items
    if not found:
        raise NotFound("There is no such enrolment, or it is not yours to see.")
    messages = run(request, "getOutbox", enrolment_id=enrolment_id, limit=50)
    return render(request, "console_outreach/enrolment.html", LOOK | {"row": found[0], "messages": messages})


@login_required
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Hold those that the form names, let them go on, or end them."""
    name, said = DEEDS.get(request.POST.get("do", ""), DEEDS["pause"])
    done = run(request, name, enrolment_ids=request.POST.getlist("id"), reason=request.POST.get("reason"))
    one = done.changed == 1
    words = f"{done.changed:,} {'is' if one else 'are'} {said.format('it' if one else 'they')}."
    if not done.changed:
        words = "Nothing changed: they are so already, or have ended."
    elif done.cancelled:
        words += f" {done.cancelled:,} waiting {'message is' if done.cancelled == 1 else 'messages are'} called off."
    return told(request, redirect(_back(request)), words)


def _back(request: HttpRequest) -> str:
    here = request.POST.get("next", "")
    return here if url_has_allowed_host_and_scheme(here, None) else reverse("outreach:enrolments")
