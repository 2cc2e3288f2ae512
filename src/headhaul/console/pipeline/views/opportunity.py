"""One opportunity: its page, its facts, and a new one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul import preferences
from headhaul.console.pipeline.history import told as said_of
from headhaul.console.pipeline.reading import facts, own_facts, owners
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.facts import custom_value, entered, shown
from headhaul.console.ui.shell import Shell
from headhaul.console.ui.words import proper
from headhaul.kernel import AppError, InvalidData, NotFound
from headhaul.pipeline.preferences import Closing

TYPED = ("accountId", "dotNumber", "name", "amount", "closeOn", "nextStep", "nextStepOn", "pipelineId", "source")


@login_required
def show(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """The page, or without its frame for a part that was changed."""
    return _page(request, opportunity_id)


@login_required
@require_POST
def update(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Change what the form names, if nobody was faster."""
    data = facts(request.POST) | {"opportunityId": opportunity_id, "version": request.POST.get("version")}
    perform(request, "updateOpportunity", data)
    answer = _page(request, opportunity_id) if wants_fragment(request) else _back(opportunity_id)
    return told(request, answer, "Saved.")


@login_required
@require_POST
def set_category(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Say how sure it is; blank lets the stage say it."""
    data = {
        "opportunityId": opportunity_id,
        "version": request.POST.get("version"),
        "category": request.POST.get("category") or None,
    }
    perform(request, "setForecastCategory", data)
    answer = _page(request, opportunity_id) if wants_fragment(request) else _back(opportunity_id)
    return told(request, answer, "Forecast category set.")


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """The form, and what comes from it; a refusal keeps what was typed."""
    source = request.POST if request.method == "POST" else request.GET
    typed = {name: source.get(name, "") for name in TYPED}
    refusal: AppError | None = None
    if request.method == "POST":
        try:
            made = run(request, "createOpportunity", **_new(request))
        except (InvalidData, NotFound) as error:
            refusal = error
        else:
            return told(request, redirect("pipeline:opportunity", made.id), f"{proper(made.name)} is open now.")
    context = {
        "typed": typed,
        "errors": refusal.fields if refusal else {},
        "refusal": refusal,
        "stages": run(request, "getStages"),
        "custom": own_facts(request),
        "given": source,
        "account": _account(request, typed["accountId"]),
    }
    return render(request, "console_pipeline/create.html", context, status=refusal.status if refusal else 200)


def _new(request: HttpRequest) -> dict[str, Any]:
    named = {name: request.POST.get(name) for name in ("accountId", "dotNumber", "pipelineId", "stage")}
    return {**named, **{name: value for name, value in facts(request.POST).items() if value is not None}}


def _account(request: HttpRequest, account_id: str) -> Any:
    if not account_id.isdigit():
        return None
    try:
        return run(request, "getAccount", account_id=account_id)
    except NotFound:
        return None


def _page(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    deal = run(request, "getOpportunity", opportunity_id=opportunity_id)
    may_write = Shell(request).allows("rep")
    people = owners(request, also=[deal.owner]) if may_write else {}
    context = {"deal": deal, "owners": people, "said_of": said_of, "may_write": may_write}
    context["custom"] = [
        (fact, entered(custom_value(deal, fact), fact), shown(custom_value(deal, fact), fact))
        for fact in own_facts(request)
    ]
    context["competitors"] = preferences.get(Closing).competitors
    part = "_opportunity" if wants_fragment(request) else "opportunity"
    return render(request, f"console_pipeline/{part}.html", context)


def _back(opportunity_id: int) -> HttpResponse:
    return redirect("pipeline:opportunity", opportunity_id)
