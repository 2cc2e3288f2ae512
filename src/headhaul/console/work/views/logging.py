"""Logging what happened, from any page that shows an account; and whom one may name in it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.shell import reader_zone
from headhaul.console.work import times
from headhaul.console.work.returning import came_from
from headhaul.console.work.saying import said_of, trigger
from headhaul.kernel import AppError, InvalidData, NotFound


@login_required
def log(request: HttpRequest) -> HttpResponse:
    """The form, and what comes from it; a refusal keeps what was typed."""
    refusal: AppError | None = None
    account_id = request.GET.get("account", "")
    if request.method == "POST":
        try:
            saved = perform(request, "logActivity", _given(request, account_id))
        except (InvalidData, NotFound) as error:
            refusal = error
        else:
            return _logged(request, account_id, saved)
    return _form(request, account_id, refusal)


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Colleagues whose name begins so, for the list under an @."""
    found = run(request, "listPeople", text=request.GET.get("q"), account_id=request.GET.get("account"), limit=8)
    return JsonResponse({"people": [{"name": each.name, "sees": each.sees} for each in found.items]})


def _form(request: HttpRequest, account_id: str, refusal: AppError | None = None) -> HttpResponse:
    typed = request.POST if refusal else {}
    context = {
        "choices": run(request, "getLoggingChoices", account_id=account_id),
        "opportunity": request.GET.get("opportunity", ""),
        "type": typed.get("type") or request.GET.get("type") or "call",
        "typed": typed,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "reminders": times.REMINDERS,
        "next": request.GET.get("next", ""),
    }
    template = "work/_log.html" if wants_fragment(request) else "work/log.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


def _logged(request: HttpRequest, account_id: str, saved: Any) -> HttpResponse:
    if not wants_fragment(request):
        return told(request, redirect(came_from(request, "work:tasks")), said_of(saved))
    response = told(request, _form(request, account_id), said_of(saved))
    return trigger(response, "logged", {"id": saved.activity.id})


def _given(request: HttpRequest, account_id: str) -> dict[str, Any]:
    form, zone = request.POST, reader_zone(request)
    kind = form.get("type", "")
    given: dict[str, Any] = {
        "type": kind,
        "accountId": account_id,
        "contactId": form.get("contactId"),
        "opportunityId": form.get("opportunityId"),
        "outcome": form.get(f"outcome.{kind}"),
        "subject": form.get("subject"),
        "body": form.get("body"),
    }
    if kind == "task":
        given |= times.due(form, zone) | {"priority": form.get("priority")}
    else:
        given["happenedAt"] = times.moment(form.get("happened", ""), zone, field="happenedAt")
        given["durationSeconds"] = times.seconds(form.get("minutes", "")) if kind in ("call", "meeting") else None
        given["direction"] = form.get("direction") if kind in ("call", "email", "sms") else None
    return {name: value for name, value in given.items() if value not in (None, "")}
