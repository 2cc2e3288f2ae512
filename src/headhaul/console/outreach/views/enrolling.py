"""Enrolling people in a sequence: whom, what would come of it, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict

from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.kernel import AppError, Conflict, Forbidden, InvalidData, NotFound

WAYS = {"contacts": "People", "accounts": "Accounts", "view": "A saved view"}


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
    if outcome is None or outcome.is_dry_run:
        return response
    people = "1 person is" if outcome.enrolled == 1 else f"{outcome.enrolled:,} people are"
    return told(request, response, f"{people} enrolled in “{sequence.name}”.")


def _context(
    request: HttpRequest, sequence: Any, asked: QueryDict, outcome: Any, refusal: AppError | None
) -> dict[str, Any]:
    text, way = request.GET.get("q", ""), asked.get("way", "contacts")
    way = way if way in WAYS else "contacts"
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
        "contacts": run(request, "listContacts", q=text, limit=25).items if way == "contacts" else [],
        "accounts": run(request, "listAccounts", q=text, limit=25).items if way == "accounts" else [],
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
