"""Automation rules: the list, the editor with its trial, and what they did."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.admin import rule_form
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.kernel import AppError, Conflict, InvalidData, NotFound

OUTCOMES = {"done": "Done", "failed": "Failed", "stopped": "Stopped"}
FIRING_FILTERS = ("rule_id", "outcome", "opportunity_id", "account_id")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every rule in the order in which they are asked. With a cursor, those after it."""
    cursor = request.GET.get("cursor")
    words = run(request, "getRuleWords")
    context = {
        "rules": run(request, "getAutomationRules", cursor=cursor),
        "triggers": {trigger.trigger.value: trigger.label for trigger in words.triggers},
        "stages": words.stages,
        "firings": run(request, "getRuleFirings", limit=1),
    }
    part = wants_fragment(request) and cursor
    return render(request, "console_admin/_rules_rows.html" if part else "console_admin/rules.html", context)


@login_required
def edit(request: HttpRequest, rule_id: int | None = None) -> HttpResponse:
    """The form of a rule. Its small buttons send it back with a line more or less, or with how it would have gone."""
    words = run(request, "getRuleWords")
    facts = {fact.field: fact for fact in words.facts}
    rule = _rule(request, rule_id) if rule_id else None
    if request.method != "POST":
        typed = rule_form.of_rule(rule, facts) if rule else rule_form.blank()
        return _form(request, words, facts, rule, typed)
    typed, wanted = rule_form.of_post(request.POST), request.POST.get("do", "save")
    if wanted == "save":
        return _save(request, words, facts, rule, typed)
    if wanted == "try":
        return _try(request, words, facts, rule, typed)
    extra = request.POST.get("new_condition" if wanted == "add_condition" else "new_deed", "")
    return _form(request, words, facts, rule, rule_form.changed(typed, wanted, extra))


@login_required
@require_POST
def switch(request: HttpRequest, rule_id: int) -> HttpResponse:
    """On or off."""
    is_on = request.POST.get("is_active") == "1"
    saved = perform(request, "setAutomationRuleActive", {"ruleId": rule_id, "isActive": is_on}).rule
    said = f"“{saved.name}” is on: it acts on what happens from now on." if is_on else f"“{saved.name}” is off."
    return told(request, redirect("admin:rules"), said)


@login_required
@require_POST
def remove(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Away with it; its firings stay."""
    gone = run(request, "removeAutomationRule", rule_id=rule_id)
    return told(request, redirect("admin:rules"), f"“{gone.name}” is removed. The record of its firings stays.")


@login_required
def firings(request: HttpRequest) -> HttpResponse:
    """What rules did, newest first. With a cursor, what came before."""
    chosen = {name: request.GET.get(name, "") for name in FIRING_FILTERS}
    cursor = request.GET.get("cursor")
    context = {
        "firings": run(request, "getRuleFirings", cursor=cursor, **chosen),
        "chosen": chosen,
        "outcomes": OUTCOMES,
        "rules": {str(each.id): each.name for each in run(request, "getAutomationRules", limit=100).items},
    }
    if wants_fragment(request):
        return render(request, f"console_admin/_firings{'_rows' if cursor else ''}.html", context)
    return render(request, "console_admin/firings.html", context)


@login_required
@require_POST
def undo_firing(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Take back everything one firing did."""
    done = perform(request, "undoAction", {"batchId": batch_id})
    count = len(done.undone)
    return told(request, redirect("admin:firings"), f"Taken back: {count} {'action' if count == 1 else 'actions'}.")


@login_required
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Ask the rules again about what was put aside."""
    count = run(request, "retryRuleEvents").events
    return told(
        request, redirect("admin:firings"), f"{count} {'event is' if count == 1 else 'events are'} tried again."
    )


def _rule(request: HttpRequest, rule_id: int) -> Any:
    found = run(request, "getAutomationRules", rule_id=rule_id).items
    if not found:
        raise NotFound("There is no such rule. It may have been removed.")
    return found[0]


def _save(request: HttpRequest, words: Any, facts: Any, rule: Any, typed: dict[str, Any]) -> HttpResponse:
    data = rule_form.draft(typed, facts) | {"name": typed["name"], "isActive": typed["is_active"]}
    if typed["position"]:
        data["position"] = typed["position"]
    if rule is not None:
        data |= {"ruleId": rule.id, "version": typed["version"]}
    try:
        saved = perform(request, "saveAutomationRule", data)
    except (InvalidData, Conflict) as refusal:
        return _form(request, words, facts, rule, typed, refusal=refusal)
    said = " ".join([f"“{saved.rule.name}” is saved.", *saved.warnings])
    return told(request, redirect("admin:rules"), said)


def _try(request: HttpRequest, words: Any, facts: Any, rule: Any, typed: dict[str, Any]) -> HttpResponse:
    data: dict[str, Any] = {"rule": rule_form.draft(typed, facts), "days": request.POST.get("days") or "30"}
    for name in ("opportunity", "account"):
        if request.POST.get("on") == name and request.POST.get("record_id"):
            data[f"{name}Id"] = request.POST["record_id"]
    try:
        tried = perform(request, "testAutomationRule", data)
    except (InvalidData, Conflict, NotFound) as refusal:
        return _form(request, words, facts, rule, typed, refusal=refusal)
    return _form(request, words, facts, rule, typed, tried=tried)


def _form(
    request: HttpRequest,
    words: Any,
    facts: Any,
    rule: Any,
    typed: dict[str, Any],
    *,
    refusal: AppError | None = None,
    tried: Any = None,
) -> HttpResponse:
    context = {
        "words": words,
        "facts": facts,
        "groups": rule_form.groups(words, typed["trigger"]),
        "rule": rule,
        "typed": typed,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "tried": tried,
        "trial": {name: request.POST.get(name, "") for name in ("days", "on", "record_id")},
    }
    part = wants_fragment(request)
    status = refusal.status if refusal and not part else 200
    return render(request, f"console_admin/{'_rule_form' if part else 'rule'}.html", context, status=status)
