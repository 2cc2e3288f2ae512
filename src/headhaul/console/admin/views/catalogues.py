"""Lists that a firm sets up: stages, custom fields, playbooks, value props. A page for each, a form for each line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.admin.catalogues import CATALOGUES, REQUIRED, Catalogue, data_of, typed_of_post, typed_of_row
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.console.ui.facts import custom_facts
from headhaul.kernel import AppError, Conflict, InvalidData, NotFound
from headhaul.pipeline.required import words_for


@login_required
def index(request: HttpRequest, key: str) -> HttpResponse:
    """Everything on the list."""
    catalogue = _catalogue(key)
    context = {"rows": _rows(request, catalogue), "catalogue": _fitted(request, catalogue, None)}
    return render(request, "console_admin/catalogue.html", context)


@login_required
def edit(request: HttpRequest, key: str, entry_id: int | None = None) -> HttpResponse:
    """One of them, or a new one; a refusal keeps what was typed."""
    catalogue = _catalogue(key)
    row = next((each for each in _rows(request, catalogue) if each["id"] == entry_id), None)
    if entry_id is not None and row is None:
        raise NotFound(f"There is no such {catalogue.one}. It may have been removed.")
    catalogue = _fitted(request, catalogue, row)
    typed, refusal = typed_of_row(catalogue, row or {"isActive": True}), None
    if request.method == "POST":
        typed = typed_of_post(catalogue, request.POST)
        try:
            return _save(request, catalogue, typed, row)
        except (InvalidData, Conflict) as error:
            refusal = error
    return _form(request, catalogue, row, typed, refusal)


def _catalogue(key: str) -> Catalogue:
    catalogue = CATALOGUES.get(key)
    if catalogue is None:
        raise Http404
    return catalogue


def _rows(request: HttpRequest, catalogue: Catalogue) -> list[dict[str, Any]]:
    answer = run(request, catalogue.read, **catalogue.asks)
    return catalogue.rows(answer.model_dump(mode="json", by_alias=True))


def _save(
    request: HttpRequest, catalogue: Catalogue, typed: dict[str, Any], row: dict[str, Any] | None
) -> HttpResponse:
    perform(request, catalogue.save, data_of(catalogue, typed, row))
    name = catalogue.name_of(typed)
    return told(request, redirect("admin:catalogue", catalogue.key), f"“{name}” is saved.")


def _fitted(request: HttpRequest, catalogue: Catalogue, row: dict[str, Any] | None) -> Catalogue:
    """The catalogue as this form has it, with what there is to choose from here and now."""
    names = {entry.name for entry in catalogue.entries}
    choices: dict[str, Mapping[str, str]] = {}
    if "stageKey" in names:
        choices["stageKey"] = run(request, "getRuleWords").stages
    if "required" in names:
        choices["required"] = _requirable(request, row or {})
    if names & {"pipelineId", "copyFrom"}:
        there = {str(each.id): each.name for each in run(request, "getStages").pipelines}
        choices |= {"pipelineId": there, "copyFrom": there}
    entries = (
        replace(entry, choices=choices.get(entry.name, entry.choices))
        for entry in catalogue.entries
        if entry.only != ("known" if row is None else "new")
    )
    kept = (entry for entry in entries if entry.name != "pipelineId" or len(entry.choices) > 1)
    return replace(catalogue, entries=tuple(kept))


def _requirable(request: HttpRequest, stage: Mapping[str, Any]) -> dict[str, str]:
    """What the stage may ask for: every fact there is, the firm's own too, and whatever it asks for already."""
    named = {name: text for name, text in REQUIRED.items() if name != "lostReason" or stage.get("kind") == "lost"}
    own = custom_facts(run(request, "getCustomFields", entity="opportunity").fields)
    there = named | {fact.name: fact.label for fact in own}
    gone = [name for name in stage.get("required", []) if name not in there]
    return there | {name: f"{words_for(name)} (not in use)" for name in gone}


def _form(
    request: HttpRequest,
    catalogue: Catalogue,
    row: dict[str, Any] | None,
    typed: dict[str, Any],
    refusal: AppError | None,
) -> HttpResponse:
    context = {
        "catalogue": catalogue,
        "row": row,
        "typed": typed,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "name": catalogue.name_of(row) if row else f"New {catalogue.one}",
    }
    return render(request, "console_admin/catalogue_entry.html", context, status=refusal.status if refusal else 200)
