"""What runs in the background: every run with its steps, and what the clock starts when.

A manager, who may start the prospecting, sees its runs; an admin sees them all.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import perform, remember_toast, render, run, wants_fragment
from headhaul.kernel import Role
from headhaul.security.actors import actor_of


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Runs, newest first. With a cursor, the older ones."""
    cursor = request.GET.get("cursor")
    is_admin = actor_of(request.user).role is Role.ADMIN
    name = "getJobRuns" if is_admin else "getProspectingRuns"
    context = {"jobs": run(request, name, cursor=cursor, limit=20)}
    if wants_fragment(request):
        return render(request, f"console_admin/_jobs{'_rows' if cursor else ''}.html", context)
    return render(request, "console_admin/jobs.html", context)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start a job now, in the background."""
    name = request.POST.get("name", "")
    by_managers = name == "run_prospecting"
    queued = run(request, "runProspecting") if by_managers else perform(request, "runJob", {"name": name})
    said = "It waits in the queue already." if queued.already_queued else "Started; this page shows how it goes."
    return remember_toast(redirect("admin:jobs"), said)
