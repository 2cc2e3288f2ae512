"""Moving an opportunity: by dragging, by key, by a menu, with or without scripts.

Whoever drags gets the card as it is afterwards: moved, or, when somebody was faster, as that one left it. When the
stage asks for facts, the answer is the form that asks for them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul import preferences
from headhaul.console.pipeline.reading import facts, moment_of, own_facts
from headhaul.console.ui.bridge import perform, render, run, toast, told, wants_fragment
from headhaul.console.ui.words import proper
from headhaul.kernel import InvalidData
from headhaul.pipeline.errors import FieldsRequired, StaleOpportunity
from headhaul.pipeline.preferences import Closing


@login_required
@require_POST
def move(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Put it into the stage that the form names."""
    try:
        moved = perform(request, "moveStage", _given(request, opportunity_id))
    except InvalidData as refusal:
        asked_before = "asked" in request.POST
        if not isinstance(refusal, FieldsRequired) and not asked_before:
            raise
        return _ask(request, opportunity_id, refusal)
    except StaleOpportunity as conflict:
        if not wants_fragment(request):
            raise
        return toast(_card(request, opportunity_id, status=409), conflict.message, tone="bad")
    return _moved(request, moved, f"{proper(moved.name)} is in {moved.stage_label}.")


@login_required
@require_POST
def close(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """End it as won or lost; what the end asks for is asked for as at any move."""
    outcome = request.POST.get("outcome", "")
    version = request.POST.get("version")
    try:
        closed = run(request, "closeOpportunity", opportunity_id=opportunity_id, version=version, outcome=outcome)
    except FieldsRequired as refusal:
        deal = run(request, "getOpportunity", opportunity_id=opportunity_id)
        ends = (stage.key for stage in deal.stages if stage.kind == outcome)
        return _ask(request, opportunity_id, refusal, to_stage=next(ends, ""))
    return _moved(request, closed, f"{proper(closed.name)} is {outcome}.")


@login_required
@require_POST
def reopen(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Go on with what had ended."""
    reopened = run(request, "reopenOpportunity", opportunity_id=opportunity_id, version=request.POST.get("version"))
    return _moved(request, reopened, f"{proper(reopened.name)} is open again, in {reopened.stage_label}.")


@login_required
@require_POST
def remove(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Take it off every list."""
    gone = run(request, "removeOpportunity", opportunity_id=opportunity_id, version=request.POST.get("version"))
    return told(request, redirect("pipeline:board"), f"{proper(gone.name)} was removed.")


def _given(request: HttpRequest, opportunity_id: int) -> dict[str, Any]:
    posted = request.POST
    plain = {name: posted.get(name, "").strip() for name in ("lostReason", "note", "pipelineId")}
    given = {name: value for name, value in {**facts(posted), **plain}.items() if value not in (None, "")}
    effective = moment_of(request, posted.get("effectiveOn", ""))
    if effective:
        given["effectiveAt"] = effective
    return given | {
        "opportunityId": opportunity_id,
        "version": posted.get("version"),
        "toStage": posted.get("toStage", ""),
    }


def _ask(request: HttpRequest, opportunity_id: int, refusal: InvalidData, *, to_stage: str = "") -> HttpResponse:
    """The form for what the stage asks for, with what was typed."""
    deal, closing = run(request, "getOpportunity", opportunity_id=opportunity_id), preferences.get(Closing)
    to_stage = to_stage or request.POST.get("toStage", "")
    context = {
        "deal": deal,
        "to": next((stage for stage in deal.stages if stage.key == to_stage), None),
        "to_stage": to_stage,
        "asked": deal.missing.get(to_stage, []),
        "refusal": refusal,
        "errors": refusal.fields if "asked" in request.POST else {},
        "typed": request.POST,
        "reasons": closing.lost_reasons,
        "competitors": closing.competitors,
        "own": {fact.name: replace(fact, is_required=True) for fact in own_facts(request)},
    }
    part = "_ask" if wants_fragment(request) else "ask"
    return render(request, f"console_pipeline/{part}.html", context, status=422)


def _moved(request: HttpRequest, moved: Any, said: str) -> HttpResponse:
    if wants_fragment(request):
        return told(request, render(request, "console_pipeline/_card.html", {"deal": moved}), said)
    return told(request, redirect("pipeline:opportunity", moved.id), said)


def _card(request: HttpRequest, opportunity_id: int, *, status: int) -> HttpResponse:
    found = run(request, "getOpportunity", opportunity_id=opportunity_id)
    return render(request, "console_pipeline/_card.html", {"deal": found}, status=status)
