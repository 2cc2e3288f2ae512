"""Taking a stage out of use: how many opportunities stand there, and where they go."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.words import plural
from headhaul.kernel import Conflict, InvalidData, NotFound


@login_required
def remove(request: HttpRequest, stage_id: int) -> HttpResponse:
    """Ask what becomes of the opportunities that stand there, and do it; one click takes it back."""
    stage, others = _stage(request, stage_id)
    refusal = None
    if request.method == "POST":
        go_to = request.POST.get("moveTo") or None
        data = {"stageId": stage_id, "version": request.POST.get("version"), "moveTo": go_to}
        try:
            done = perform(request, "removeStage", data)
        except (InvalidData, Conflict) as error:
            refusal = error
        else:
            went = (
                f" {plural(done.moved, 'opportunity', 'opportunities')} went to {others.get(go_to or '')}."
                if done.moved
                else ""
            )
            return told(request, redirect("admin:catalogue", "stages"), f"“{stage.label}” is removed.{went}")
    context = {
        "stage": stage,
        "others": others,
        "typed": request.POST,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
    }
    status = refusal.status if refusal else 200
    return render(request, "console_admin/stage_removal.html", context, status=status)


def _stage(request: HttpRequest, stage_id: int) -> tuple[Any, dict[str, str]]:
    """The stage, and the other open ones of its pipeline by key."""
    for pipeline in run(request, "getStages").pipelines:
        for stage in pipeline.stages:
            if stage.id == stage_id:
                others = {each.key: each.label for each in pipeline.stages if each.kind == "open" and each is not stage}
                return stage, others
    raise NotFound("There is no such stage. It may have been removed.")
