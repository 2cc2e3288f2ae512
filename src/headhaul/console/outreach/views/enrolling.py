"""Enrolling people in a sequence: whom, what would come of it, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.chosen import back_of, which
from headhaul.kernel import AppError, Conflict, Forbidden, InvalidData, NotFound

CHOSEN = {"accounts": "accountIds", "contacts": "contactIds"}
WAYS = {"contacts": "People", "accounts": "Accounts", "view": "A saved view"}
LISTS = {"contacts": "listContacts", "accounts": "listAccounts"}


@login_required
def enrol(request: HttpRequest, sequence_id: int) -> HttpResponse:
    """The form; what would happen to each; and, once confirmed, what happened."""
    sequence = run(request, "getSequence", sequence_id=sequence_id)
    outcome, refusal = None, None
    asked = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        try:
            outcome = perform(request, "enrollContacts", _given(asked) | {"sequenceId": sequence_id})
        except (InvalidData, Conflict, NotFound, Forbidden) as error:
            refusal = error
    response = render(
        request, "console_outreach/enrol.html", _context(request, sequence, asked, outcome, refusal),
        status=refusal.status if refusal else 200,
    )  # fmt: skip
    return response if outcome is None or outcome.is_dry_run else _said(request, response, outcome)


@login_required
@require_POST
def enrol_chosen(request: HttpRequest, entity: str) -> HttpResponse:
    """What was chosen in a list of accounts or contacts: into which sequence, what would happen, what happened."""
    if entity not in CHOSEN:
        raise NotFound("Only accounts and contacts are enrolled.")
    asked, outcome, refusal = request.POST, None, None
    which(request, ids=CHOSEN[entity])  # refused at once when nothing is
    if asked.get("sequenceId"):
        try:
            outcome = perform(request, "enrollContacts", _of_list(request, entity))
        except (InvalidData, Conflict, NotFound, Forbidden) as error:
            refusal = error
    context = {
        "entity": entity,
        "sequences": run(request, "listSequences", state="active", limit=100).items,
        "asked": asked,
        "outcome": outcome,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "back": back_of(request, f"/{entity}/"),
    }
    status = refusal.status if refusal else 200
    response = render(request, "console_outreach/enrol_chosen.html", context, status=status)
    return response if outcome is None or outcome.is_dry_run else _said(request, response, outcome)


def _of_list(request: HttpRequest, entity: str) -> dict[str, Any]:
    asked, given = request.POST, dict[str, Any]()
    given |= which(request, ids=CHOSEN[entity], filters=f"{entity[:-1]}Filters", counts=False)
    given |= {"sequenceId": asked["sequenceId"], "again": asked.get("again") == "1"}
    given["dryRun"] = asked.get("do") != "enrol"
    if entity == "accounts":
        given["whom"] = asked.get("whom") or "best"
    if not given["dryRun"] and asked.get("matched", "").isdigit():
        given["expectedCount"] = asked["matched"]
    return given


def _said(request: HttpRequest, response: HttpResponse, outcome: Any) -> HttpResponse:
    people = "1 person is" if outcome.enrolled == 1 else f"{outcome.enrolled:,} people are"
    return told(request, response, f"{people} enrolled.")


def _context(
    request: HttpRequest, sequence: Any, asked: QueryDict, outcome: Any, refusal: AppError | None
) -> dict[str, Any]:
    text, way = request.GET.get("q", ""), asked.get("way", "contacts")
    way = way if way in WAYS else "contacts"
    found = run(request, LISTS[way], q=text, limit=25) if way in LISTS else None
    return {
        "sequence": sequence,
        "outcome": outcome,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "asked": asked,
        "chosen": asked.getlist("id"),
        "way": way,
        "ways": WAYS,
        "text": text,
        "contacts": found.items if found and way == "contacts" else [],
        "accounts": found.items if found and way == "accounts" else [],
        "is_close": found is not None and found.is_close,
        "views": _views(request) if way == "view" else {},
    }


def _views(request: HttpRequest) -> dict[str, str]:
    """Saved views of both lists, by id."""
    return {
        str(view.id): f"{view.name} ({entity})"
        for entity in ("contacts", "accounts")
        for view in run(request, "getViews", entity=entity).views
    }


def _given(posted: QueryDict) -> dict[str, Any]:
    """What enrollContacts takes for what was chosen."""
    ids = [each for each in posted.getlist("id") if each.isdigit()]
    way = posted.get("way")
    given: dict[str, Any] = {"dryRun": posted.get("do") != "enrol", "again": posted.get("again") == "1"}
    if way == "view":
        given["viewId"] = posted.get("viewId") or None
        if posted.get("expected", "").isdigit() and not given["dryRun"]:
            given["expectedCount"] = posted["expected"]
    elif way == "accounts":
        given["accountIds"] = ids or None
    else:
        given["contactIds"] = ids or None
    if way != "contacts":
        given["whom"] = posted.get("whom") or "best"
    return {name: value for name, value in given.items() if value is not None}
