"""Lists that a firm sets up: stages, custom fields, playbooks, value props. A page for each, a form for each line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.console.admin.catalogues import CATALOGUES, Catalogue, data_of, typed_of_post, typed_of_row
from headhaul.console.ui.bridge import perform, render, run, told
from headhaul.kernel import AppError, Conflict, InvalidData, NotFound


@login_required
def index(request: HttpRequest, key: str) -> HttpResponse:
    """Everything on the list."""
    catalogue = _catalogue(key)
    return render(request, "console_admin/catalogue.html", {"catalogue": catalogue, "rows": _rows(request, catalogue)})


@login_required
def edit(request: HttpRequest, key: str, entry_id: int | None = None) -> HttpResponse:
    """One of them, or a new one; a refusal keeps what was typed."""
    catalogue = _with_stages(request, _catalogue(key))
    rows = _rows(request, catalogue)
    row = next((each for each in rows if each["id"] == entry_id), None)
    if entry_id is not None and row is None:
        raise NotFound(f"There is no such {catalogue.one}. It may have been removed.")
    typed, refusal = typed_of_row(catalogue, row or {"isActive": True}), None
    if request.method == "POST":
        typed = typed_of_post(catalogue, request.POST)
        try:
            return _save(request, catalogue, typed, row, rows)
        except (InvalidData, Conflict) as error:
            refusal = error
    return _form(request, catalogue, row, typed, refusal)


@login_required
@require_POST
def remove(request: HttpRequest, key: str, entry_id: int) -> HttpResponse:
    """Away with it, where there is a way."""
    catalogue = _catalogue(key)
    if not catalogue.remove:
        raise Http404
    perform(request, catalogue.remove, {catalogue.id_name: entry_id})
    return told(request, redirect("admin:catalogue", key), f"The {catalogue.one} is removed.")


def _catalogue(key: str) -> Catalogue:
    catalogue = CATALOGUES.get(key)
    if catalogue is None:
        raise Http404
    return catalogue


def _rows(request: HttpRequest, catalogue: Catalogue) -> list[dict[str, Any]]:
    answer = run(request, catalogue.read, **catalogue.asks)
    return catalogue.rows(answer.model_dump(mode="json", by_alias=True))


def _save(
    request: HttpRequest, catalogue: Catalogue, typed: dict[str, Any], row: dict[str, Any] | None, rows: list[Any]
) -> HttpResponse:
    data = data_of(catalogue, typed, row)
    if catalogue.key == "stages" and row is None and rows:
        data["pipelineId"] = rows[0]["pipelineId"]
    perform(request, catalogue.save, data)
    name = catalogue.name_of(typed)
    return told(request, redirect("admin:catalogue", catalogue.key), f"“{name}” is saved.")


def _with_stages(request: HttpRequest, catalogue: Catalogue) -> Catalogue:
    """The catalogue with the stages there are to choose from."""
    if not any(entry.name == "stageKey" for entry in catalogue.entries):
        return catalogue
    stages = run(request, "getRuleWords").stages
    entries = tuple(replace(e, choices=stages) if e.name == "stageKey" else e for e in catalogue.entries)
    return replace(catalogue, entries=entries)


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
