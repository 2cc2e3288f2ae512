"""QR codes of an event, one for the stand and one for each rep, to be printed or shown on a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from markupsafe import Markup

from headhaul.capture.services import public, tickets
from headhaul.console.capture import drawing
from headhaul.console.capture.reading import people
from headhaul.console.capture.views.events import find
from headhaul.console.ui.bridge import render


@dataclass(frozen=True, slots=True)
class Code:
    """A code with where it leads and whose it is."""

    title: str
    url: str
    picture: Markup
    is_mine: bool = False


@login_required
def codes(request: HttpRequest, event_id: int) -> HttpResponse:
    """The event's own code, then the reps': what comes in by a rep's code is known to be theirs."""
    event = find(request, event_id)
    form = settings.LINKS_URL.rstrip("/") + reverse("public:form", args=[event.public_key])
    mine = str(request.user.pk)
    reps = sorted(people(request).items(), key=lambda pair: (pair[0] != mine, pair[1].lower()))
    context = {
        "event": event,
        "whole": _code(event.name, form),
        "reps": [
            _code(name, f"{form}?r={tickets.code_of_rep(int(number))}", is_mine=number == mine) for number, name in reps
        ],
        "form": form,
        "embed": embed(form),
        "sites": public.sites(public_key=event.public_key),
    }
    return render(request, "console_capture/codes.html", context)


def _code(title: str, url: str, **more: Any) -> Code:
    return Code(title=title, url=url, picture=drawing.code(url, title=f"Code for {title}"), **more)


def embed(form: str) -> str:
    """What somebody pastes into a page of theirs: an iframe and nothing else, no script."""
    return (
        f'<iframe src="{form}?embed=1" title="Contact form" loading="lazy" referrerpolicy="strict-origin"\n'
        '  style="width:100%;max-width:32rem;height:46rem;border:0"></iframe>'
    )
