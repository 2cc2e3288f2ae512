"""Tasks: what is late, what is for today, what comes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.shell import Shell, reader_zone
from headhaul.console.work import times
from headhaul.console.work.returning import came_from
from headhaul.console.work.saying import trigger

LISTS = {"overdue": "Overdue", "today": "Today", "upcoming": "Upcoming", "done": "Done"}


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """One list, and how many stand in the others. With a cursor, the rows after it."""
    which = request.GET.get("which", "")
    whose, cursor, zone = request.GET.get("whose") or "mine", request.GET.get("cursor"), str(reader_zone(request))
    counts = {} if cursor else {
        each: run(request, "getTasks", which=each, whose=whose, timezone=zone, limit=1).total
        for each in ("overdue", "today", "upcoming")
    }  # fmt: skip
    if which not in LISTS:
        which = next((each for each, count in counts.items() if count), "today")
    found = run(request, "getTasks", which=which, whose=whose, timezone=zone, cursor=cursor, limit=50)
    context = {
        "tasks": found,
        "which": which,
        "whose": whose,
        "counts": counts,
        "lists": LISTS,
        "snoozes": times.SNOOZES,
    }
    template = "work/_task_rows.html" if cursor and wants_fragment(request) else "work/tasks.html"
    return render(request, template, context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """First at which account, then what."""
    asked, account_id = request.GET.get("q", "").strip()[:100], request.GET.get("account")
    if account_id:
        return redirect(f"{reverse('work:log')}?account={account_id}&type=task&next={reverse('work:tasks')}")
    found = run(request, "search", q=asked) if asked else None
    accounts = [hit for hit in found.items if hit.kind == "account"] if found else []
    context = {"asked": asked, "accounts": accounts, "is_close": found is not None and found.is_close}
    return render(request, "work/new_task.html", context)


@login_required
@require_POST
def complete(request: HttpRequest, task_id: int) -> HttpResponse:
    """Done, with what the form says beside it."""
    run(request, "completeTask", task_id=task_id, note=request.POST.get("note"), outcome=request.POST.get("outcome"))
    return _gone(request, "Done.")


@login_required
@require_POST
def reopen(request: HttpRequest, task_id: int) -> HttpResponse:
    """Open again."""
    run(request, "reopenTask", task_id=task_id)
    return _gone(request, "The task is open again.")


@login_required
@require_POST
def snooze(request: HttpRequest, task_id: int) -> HttpResponse:
    """Due on a later day."""
    shell = Shell(request)
    day = times.snoozed(request.POST.get("until", ""), shell.at, shell.zone)
    version = request.POST.get("version", "")
    given: dict[str, Any] = {"activityId": task_id, "version": version, "dueOn": day, "dueAt": None}
    perform(request, "updateActivity", given)
    return _gone(request, f"Snoozed until {times.heading(day, shell.at.astimezone(shell.zone).date())}.")


def _gone(request: HttpRequest, said: str) -> HttpResponse:
    """The row leaves its list; without scripts the list is shown anew."""
    response = HttpResponse() if wants_fragment(request) else redirect(came_from(request, "work:tasks"))
    response = told(request, response, said)
    return trigger(response, "logged", {}) if wants_fragment(request) else response
