"""The search palette and the profile page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from headhaul.console.ui import navigation
from headhaul.console.ui.bridge import render, run, wants_fragment
from headhaul.security.actors import actor_of


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """What the palette shows: pages, accounts, people, carriers. Without scripts it is a page of its own."""
    asked = request.GET.get("q", "").strip()[:100]
    answer = run(request, "search", q=asked) if asked else None
    found = answer.items if answer else []
    context = {
        "asked": asked,
        "is_close": answer is not None and answer.is_close,
        "accounts": [hit for hit in found if hit.kind == "account"],
        "contacts": [hit for hit in found if hit.kind == "contact"],
        "carriers": [hit for hit in found if hit.kind == "carrier"],
        "places": _places(request, asked),
    }
    return render(request, "session/_found.html" if wants_fragment(request) else "session/search.html", context)


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, how I sign in, how it looks."""
    return render(request, "session/profile.html")


def _places(request: HttpRequest, asked: str) -> list[navigation.NavItem]:
    words = asked.lower()
    return [place for place in navigation.places(actor_of(request.user).role) if words in place.label.lower()]
