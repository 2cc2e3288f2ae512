"""Many rows at once: give away, set, tag. One toast says what came of it, and takes it back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, told
from headhaul.console.ui.words import plural
from headhaul.kernel import InvalidData

ACTIONS = {"accounts": ("bulkUpdateAccounts", "accountIds"), "contacts": ("bulkUpdateContacts", "contactIds")}
NOUNS = {"accounts": "account", "contacts": "contact"}
PLAIN = ("status", "segment", "region", "role", "buyingRole")
KEYS = ("ownerId", "teamId")
YES_NO = ("isDecisionMaker", "hasLeft")
TAGS = ("addTags", "removeTags")
NOBODY = "none"


@login_required
@require_POST
def update(request: HttpRequest, entity: str) -> HttpResponse:
    """Change the chosen rows, or all that match."""
    action, ids = ACTIONS[entity]
    done = perform(request, action, {**_which(request, ids), "changes": _changes(request)})
    said = f"{plural(done.changed, NOUNS[entity])} changed."
    if done.changed < done.matched:
        said += f" {done.matched - done.changed} were so already."
    if done.full_of_tags:
        said += f" {plural(done.full_of_tags, 'account')} had no room for more tags."
    if done.missing:
        said += f" {done.missing} are not there any more."
    return told(request, redirect(back_of(request, f"/{entity}/")), said)


def back_of(request: HttpRequest, usual: str) -> str:
    """The list that somebody came from, if it is ours."""
    back = request.POST.get("back", "") or request.GET.get("back", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if is_ours else usual


def _which(request: HttpRequest, ids: str) -> dict[str, Any]:
    given = request.POST
    if given.get("all") != "1":
        chosen = given.getlist("id")
        if not chosen:
            raise InvalidData("Choose at least one row.", fields={"id": "none chosen"})
        return {ids: chosen}
    try:
        filters = json.loads(given.get("filters", ""))
    except ValueError:
        raise InvalidData("The list did not come along. Reload the page and try again.") from None
    expected = given.get("expected", "")
    return {"filters": filters} | ({"expectedCount": expected} if expected.isdigit() else {})


def _changes(request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    changes: dict[str, Any] = {name: given[name] for name in PLAIN if given.get(name)}
    changes |= {name: None if given[name] == NOBODY else given[name] for name in KEYS if given.get(name)}
    changes |= {name: given[name] == "true" for name in YES_NO if given.get(name)}
    changes |= {name: given[name] for name in TAGS if given.get(name)}
    return changes
