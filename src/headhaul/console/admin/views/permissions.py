"""Who may do what, made from the registry."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from headhaul.actions.services import catalogue
from headhaul.console.ui.bridge import render
from headhaul.kernel import Forbidden, Role
from headhaul.security.actors import actor_of


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every action by room, with the roles that reach it."""
    actor = actor_of(request.user)
    if actor.role is None:
        raise Forbidden("Your account has no role yet. Ask an administrator to give you one.")
    entries = sorted(catalogue.entries(actor), key=lambda entry: (entry.room, entry.name))
    rooms = [(room, list(members)) for room, members in groupby(entries, key=lambda entry: entry.room)]
    context = {"rooms": rooms, "roles": list(Role), "own": actor.role, "count": len(entries)}
    return render(request, "console_admin/permissions.html", context)
