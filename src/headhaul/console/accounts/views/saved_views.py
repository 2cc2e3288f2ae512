"""Views of lists: save, change, remove, choose the first one."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.accounts.listing.state import PATHS
from headhaul.console.ui.bridge import perform, run, told
from headhaul.console.ui.templating import question
from headhaul.kernel import InvalidData

ENTITIES = tuple(PATHS)


@login_required
@require_POST
def save(request: HttpRequest, entity: str) -> HttpResponse:
    """Keep the list as a new view, or change the one that is open: the button says which."""
    given, do = request.POST, request.POST.get("do", "new")
    if do == "remove":
        run(request, "removeView", view_id=given.get("view"))
        return told(request, _to(entity, "all"), "View removed.")
    if do in ("first", "not_first"):
        view = given.get("view") if do == "first" else None
        perform(request, "setDefaultView", {"entity": entity, "viewId": view})
        said = "The list opens with this view now." if view else "The list opens with everything now."
        return told(request, _to(entity, given.get("view") or "all"), said)
    saved = perform(request, "saveView", _wanted(request, entity, do))
    return told(request, _to(entity, saved.id), f"View {saved.name} saved.")


def _wanted(request: HttpRequest, entity: str, do: str) -> dict[str, Any]:
    """The list as it is, or only the name and who sees it."""
    given = request.POST
    named = {"name": given.get("name", ""), "isShared": "shared" in given}
    try:
        state = json.loads(given.get("state", "{}"))
    except ValueError:
        raise InvalidData("The list did not come along. Reload the page and try again.") from None
    if do == "new":
        return {"entity": entity, **named, **state}
    return {"viewId": given.get("view"), "version": given.get("version"), **(named if do == "rename" else state)}


def _to(entity: str, view: Any) -> HttpResponse:
    return redirect(reverse(f"accounts:{PATHS[entity]}") + question({"view": view}))
