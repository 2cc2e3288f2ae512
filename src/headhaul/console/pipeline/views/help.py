"""What helps with a deal: its playbooks to tick off, and what to say."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.ui.bridge import render, run, told, wants_fragment


@login_required
def show(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """The help for an opportunity; htmx gets it without the frame."""
    context = {
        "opportunity_id": opportunity_id,
        "playbooks": run(request, "getPlaybooks", opportunity_id=opportunity_id).items,
        "value_props": run(request, "getValueProps", opportunity_id=opportunity_id).items,
    }
    return render(request, "pipeline/_help.html" if wants_fragment(request) else "pipeline/help.html", context)


@login_required
@require_POST
def complete(request: HttpRequest, opportunity_id: int, playbook_id: int, step_key: str) -> HttpResponse:
    """Note that a step is done."""
    step = {"opportunity_id": opportunity_id, "playbook_id": playbook_id, "step_key": step_key}
    run(request, "completePlaybookStep", **step)
    return told(request, _again(request, opportunity_id), "Step done.")


@login_required
@require_POST
def reopen(request: HttpRequest, opportunity_id: int, playbook_id: int, step_key: str) -> HttpResponse:
    """Note that it is not."""
    step = {"opportunity_id": opportunity_id, "playbook_id": playbook_id, "step_key": step_key}
    run(request, "reopenPlaybookStep", **step)
    return told(request, _again(request, opportunity_id), "Step is open again.")


def _again(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    if wants_fragment(request):
        return show(request, opportunity_id)
    return redirect("pipeline:help", opportunity_id)
