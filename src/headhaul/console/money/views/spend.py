"""What was spent: the list, the form that enters some, and the one that puts it right."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.money import reading
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.templating import address
from headhaul.kernel import AppError, Conflict, InvalidData, NotFound

FILTERS = ("from", "to", "channel", "sourceId", "campaign", "eventId", "by")
FIELDS = ("channel", "sourceId", "campaign", "eventId", "startsOn", "endsOn", "amount", "note")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The list, and what a manager enters; a refusal keeps what was typed."""
    typed, refusal = dict.fromkeys(FIELDS, ""), None
    if request.method == "POST":
        try:
            saved = perform(request, "recordSpend", _form(request))
            said = f"Entered. {saved.overlap_note}".strip()
            return told(request, redirect(address("money:spend", query=_asked(request))), said)
        except (InvalidData, Conflict, NotFound) as error:
            refusal, typed = error, _typed(request)
    asked = _asked(request) | reading.asked(request, ("cursor",))
    context = _list(request, asked) | {"typed": typed, "refusal": refusal}
    context["wrong"] = _wrong(refusal) if refusal else {}
    return render(request, "money/spend.html", context, status=refusal.status if refusal else 200)


@login_required
def row(request: HttpRequest, spend_id: int) -> HttpResponse:
    """One entry, to be put right."""
    refusal: AppError | None = None
    context = _list(request, {"spendId": spend_id})
    if not context["found"].items:
        raise NotFound(f"There is no spend {spend_id}.")
    [found] = context["found"].items
    typed = _as_typed(found)
    if request.method == "POST":
        try:
            given = _form(request) | {"spendId": spend_id, "version": int(request.POST.get("version") or found.version)}
            saved = perform(request, "updateSpend", given)
            return told(request, redirect(address("money:spend")), f"Put right. {saved.overlap_note}".strip())
        except (InvalidData, Conflict, NotFound) as error:
            refusal, typed = error, _typed(request)
    context |= {"row": found, "typed": typed, "refusal": refusal, "wrong": _wrong(refusal) if refusal else {}}
    return render(request, "money/spend_row.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def remove(request: HttpRequest, spend_id: int) -> HttpResponse:
    """Take an entry away."""
    run(request, "removeSpend", spend_id=spend_id)
    return told(request, redirect(address("money:spend")), "Taken away.")


def _list(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    found = perform(request, "listSpend", given)
    channels = {each.key: each.label for each in found.channels}
    return {
        "found": found,
        "asked": _asked(request),
        "chosen": {name: request.GET.get(name, "") for name in FILTERS},
        "channels": channels,
        "sources": {str(each.id): each.name for each in found.sources},
        "events": {str(each.id): each.name for each in found.events},
    }


def _form(request: HttpRequest) -> dict[str, Any]:
    said: dict[str, Any] = {**reading.given(request.POST, *[name for name in FIELDS if name != "amount"])}
    said |= {name: said.get(name) or "" for name in ("campaign", "note")}
    amount = str(request.POST.get("amount", ""))
    return said | {"amountCents": reading.cents(amount, "amount")}


def _wrong(error: AppError) -> dict[str, str]:
    """What is wrong with which field, as the form calls its fields."""
    return {name: said.replace("startsOn", "the first day") for name, said in error.fields.items()}


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in FIELDS}


def _as_typed(found: Any) -> dict[str, str]:
    return {
        "channel": found.channel, "sourceId": str(found.source_id or ""), "campaign": found.campaign,
        "eventId": str(found.event_id or ""), "startsOn": found.starts_on.isoformat(),
        "endsOn": found.ends_on.isoformat(), "amount": reading.dollars(found.amount_cents), "note": found.note,
    }  # fmt: skip


def _asked(request: HttpRequest) -> dict[str, str]:
    given = {name: str(request.GET[name]) for name in FILTERS if request.GET.get(name)}
    return given | ({"key": str(request.GET["key"])} if "key" in request.GET else {})  # "" is a line as well
