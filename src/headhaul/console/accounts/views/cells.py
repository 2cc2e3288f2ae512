"""One cell of a list, changed in place: the row comes back as it is then, or says why not."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.accounts.schemas.views import ColumnChoice
from headhaul.console.accounts.listing.state import ListPage, page_of
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.console.ui.chosen import back_of
from headhaul.kernel import AppError, InvalidData, NotFound, StaleVersion

LISTS = {"accounts": "listAccounts", "contacts": "listContacts"}
ONE = {"accounts": ("updateAccount", "accountId"), "contacts": ("updateContact", "contactId")}


@login_required
def row(request: HttpRequest, entity: str, key: int) -> HttpResponse:
    """The row; with `edit`, that cell as a field."""
    page = page_of(request, entity)
    context = {
        "page": page,
        "row": _read(request, entity, key),
        "edit": request.GET.get("edit", ""),
        "fault": "",
        "typed": None,
    }
    return render(request, "console_accounts/lists/_one_row.html", context)


@login_required
@require_POST
def save(request: HttpRequest, entity: str, key: int) -> HttpResponse:
    """Write the cell. Whoever was second sees what the other one wrote, and may write all the same."""
    page = page_of(request, entity)
    column = _column(page, request.POST.get("column", ""))
    edit, fault, status, typed = "", "", 200, None
    try:
        _write(request, entity, key, column)
    except (InvalidData, StaleVersion) as refusal:
        if not wants_fragment(request):
            raise
        edit, status = column.key, refusal.status
        fault, typed = _words(refusal), request.POST.getlist("value")
    if not wants_fragment(request):
        return told(request, redirect(back_of(request, f"/{entity}/")), "Saved.")
    context = {"page": page, "row": _read(request, entity, key), "edit": edit, "fault": fault, "typed": typed}
    context["is_newer"] = status == StaleVersion.status
    response = render(request, "console_accounts/lists/_one_row.html", context, status=status)
    return response if fault else told(request, response, f"{column.label} saved.")


def _words(refusal: AppError) -> str:
    if isinstance(refusal, StaleVersion):
        return "Somebody changed this row meanwhile. Save again to write yours."
    return refusal.message


def _column(page: ListPage, key: str) -> ColumnChoice:
    found = next((column for column in page.views.columns if column.key == key and column.edit), None)
    if found is None:
        raise NotFound("This cell cannot be changed here.")
    return found


def _write(request: HttpRequest, entity: str, key: int, column: ColumnChoice) -> None:
    action, name = ONE[entity]
    value = _typed(column, request.POST.get("value", ""), request.POST.getlist("value"))
    version = request.POST.get("version")
    if column.edit == "ownerId":
        perform(request, "assignAccount", {"accountId": key, "ownerId": value, "version": version})
        return
    custom = column.edit.removeprefix("custom.")
    changes = {"custom": {custom: value}} if custom != column.edit else {column.edit: value}
    perform(request, action, {name: key, "version": version, **changes})


def _typed(column: ColumnChoice, text: str, several: list[str]) -> Any:
    """What a field holds, as the action takes it: nothing written is nothing known."""
    if column.kind == "tags":
        return [word for word in several if word]
    if column.kind == "yes_no":
        return {"true": True, "false": False}.get(text)
    if column.kind == "number":
        return _number(column, text)
    if column.key in ("phone", "city", "website", "title"):
        return text
    return text or None


def _number(column: ColumnChoice, text: str) -> int | float | None:
    try:
        found = float(text.replace(",", "")) if text.strip() else None
    except ValueError:
        raise InvalidData(f"{column.label} needs a number.", fields={"value": "a number"}) from None
    return int(found) if found is not None and found.is_integer() else found


def _read(request: HttpRequest, entity: str, key: int) -> Any:
    """The row as the list has it."""
    found = run(request, LISTS[entity], ids=[key]).items
    if not found:
        raise NotFound("This row is not there any more. Reload the list.")
    return found[0]
