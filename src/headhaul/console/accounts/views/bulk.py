"""Many rows at once: give away, set, tag. One toast says what came of it, and takes it back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, run, told
from headhaul.console.ui.chosen import back_of, which
from headhaul.console.ui.facts import CUSTOM, custom_facts, said
from headhaul.console.ui.words import plural, went_along

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
    along = {"withOpenDeals": True} if request.POST.get("withOpenDeals") and request.POST.get("ownerId") else {}
    done = perform(request, action, {**which(request, ids=ids), "changes": _changes(request, entity), **along})
    words = f"{plural(done.changed, NOUNS[entity])} changed."
    if along:
        words += f" {went_along(done.deals_moved)}"
    if done.changed < done.matched:
        words += f" {done.matched - done.changed} were so already."
    if done.full_of_tags:
        words += f" {plural(done.full_of_tags, 'account')} had no room for more tags."
    if done.missing:
        words += f" {done.missing} are not there any more."
    return told(request, redirect(back_of(request, f"/{entity}/")), words)


def _changes(request: HttpRequest, entity: str) -> dict[str, Any]:
    given = request.POST
    changes: dict[str, Any] = {name: given[name] for name in PLAIN if given.get(name)}
    changes |= {name: None if given[name] == NOBODY else given[name] for name in KEYS if given.get(name)}
    changes |= {name: given[name] == "true" for name in YES_NO if given.get(name)}
    changes |= {name: given[name] for name in TAGS if given.get(name)}
    custom = _custom(request, entity)
    return changes | ({"custom": custom} if custom else {})


def _custom(request: HttpRequest, entity: str) -> dict[str, Any]:
    """What the form says of the firm's own fields: those that were filled in, and those to be taken away."""
    given = request.POST
    if not any(name.startswith(CUSTOM) or name == "clear" for name in given):
        return {}
    found: dict[str, Any] = {name.removeprefix(CUSTOM): None for name in given.getlist("clear")}
    for fact in custom_facts(run(request, "getCustomFields", entity=NOUNS[entity]).fields):
        if any(value.strip() for value in given.getlist(fact.name)):
            found |= said(fact, given.getlist(fact.name))["custom"]
    return found
