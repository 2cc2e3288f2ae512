"""One entry: where it stands, changing it, removing it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.shell import reader_zone
from headhaul.console.work import times
from headhaul.console.work.returning import came_from
from headhaul.kernel import AppError, InvalidData, StaleVersion


@login_required
def follow(request: HttpRequest, activity_id: int) -> HttpResponse:
    """To its place on the account's page."""
    activity = run(request, "getActivity", activity_id=activity_id)
    return redirect(f"{reverse('accounts:account', args=[activity.account.id])}#entry-activity-{activity_id}")


@login_required
def edit(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The form, and what comes from it; a refusal keeps what was typed."""
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            perform(request, "updateActivity", {"activityId": activity_id, **_given(request)})
        except (InvalidData, StaleVersion) as error:
            refusal = error
        else:
            return told(request, redirect(came_from(request, "work:tasks")), "Saved.")
    activity = run(request, "getActivity", activity_id=activity_id)
    context = {
        "activity": activity,
        "choices": run(request, "getLoggingChoices", account_id=activity.account.id),
        "typed": request.POST if refusal else None,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "local": times.local,
        "reminders": times.REMINDERS,
        "next": came_from(request, "work:tasks"),
    }
    return render(request, "work/edit.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def remove(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Take it off; it can be taken back."""
    run(request, "removeActivity", activity_id=activity_id, version=request.POST.get("version"))
    response = HttpResponse() if wants_fragment(request) else redirect(came_from(request, "work:tasks"))
    return told(request, response, "Removed.")


def _given(request: HttpRequest) -> dict[str, Any]:
    """The fields of the form; an empty one clears what it stands for."""
    form, zone = request.POST, reader_zone(request)
    given: dict[str, Any] = {name: form[name] for name in ("version", "subject", "body", "priority") if name in form}
    for name in ("outcome", "contactId", "ownerId"):
        if name in form:
            given[name] = form[name] or None
    if "happened" in form:
        given["happenedAt"] = times.moment(form["happened"], zone, field="happenedAt")
    if "minutes" in form:
        given["durationSeconds"] = times.seconds(form["minutes"])
    if "due_day" in form:
        given |= {"dueAt": None, "dueOn": None} | times.due(form, zone)
        if form.get("remind") != "keep":
            given.setdefault("remindAt", None)
    return given
