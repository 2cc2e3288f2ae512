"""How the lead score learns: what was tried, what came of it, and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.leadscore.drawing import reliability
from headhaul.console.leadscore.findings import of_model
from headhaul.console.ui.bridge import render, run, told
from headhaul.kernel import InvalidData


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The model asked for, else the one in force, else the newest; with the history beside it."""
    found = run(request, "getLeadModels", cursor=request.GET.get("cursor"))
    model = _chosen(request, found)
    context = {
        "found": found,
        "model": model,
        "finding": of_model(found, model),
        "drawing": reliability(model.before, model.after) if model else None,
    }
    return render(request, "leadscore/show.html", context)


@login_required
@require_POST
def recalibrate(request: HttpRequest) -> HttpResponse:
    """Learn now; what came of it is on the page."""
    done = run(request, "recalibrateLeadScore")
    said = "A better model is in force: leads are scored with it from now on." if done.is_adopted else done.reasons[0]
    return told(request, _page(done.model.id if done.model else None), said, tone="good" if done.is_adopted else "info")


@login_required
@require_POST
def roll_back(request: HttpRequest) -> HttpResponse:
    """Back to a former model, or to the documented weights."""
    model_id, in_force = _number(request, "model_id"), _number(request, "in_force_id")
    done = run(request, "rollbackLeadModel", modelId=model_id, inForceId=in_force or 0)
    return told(request, _page(done.active_id), f"In force now: {done.name.lower()}. Leads keep the score they have.")


def _chosen(request: HttpRequest, found: Any) -> Any:
    wanted = request.GET.get("model", "")
    if not wanted:
        return found.active or (found.items[0] if found.items else None)
    known = {str(each.id): each for each in (*found.items, *([found.active] if found.active else []))}
    if wanted not in known:
        raise Http404("There is no such model on this page of the history.")
    return known[wanted]


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise InvalidData("A model is named by its number.", fields={name: "a number"})
    return int(text)


def _page(model_id: int | None) -> HttpResponse:
    answer = redirect("leadscore:show")
    if model_id:
        answer["Location"] += f"?model={model_id}"
    return answer
