"""Texts that are used again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headhaul.console.outreach.words import CHANNEL_ICONS, CHANNEL_WORDS
from headhaul.console.ui.bridge import perform, render, run, told, wants_fragment
from headhaul.kernel import AppError, Conflict, InvalidData, NotFound

TYPED = ("name", "channel", "subject", "body", "version")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Templates by name. With a cursor, those after it."""
    chosen, cursor = {name: request.GET.get(name, "") for name in ("channel", "q")}, request.GET.get("cursor")
    context = {
        "found": run(request, "listTemplates", cursor=cursor, limit=50, **chosen),
        "chosen": chosen,
        "channels": CHANNEL_WORDS,
        "icons": CHANNEL_ICONS,
    }
    if wants_fragment(request):
        return render(request, f"console_outreach/{'_template_rows' if cursor else '_templates'}.html", context)
    return render(request, "console_outreach/templates.html", context)


@login_required
def edit(request: HttpRequest, template_id: int | None = None) -> HttpResponse:
    """The form, and what comes from it; a refusal keeps what was typed."""
    row = _template(request, template_id) if template_id else None
    typed = {name: str(getattr(row, name)) if row else "" for name in TYPED} | {"channel": _channel(row)}
    refusal: AppError | None = None
    if request.method == "POST":
        typed |= {name: request.POST.get(name, "") for name in TYPED}
        try:
            saved = perform(request, "saveTemplate", _given(request, row, typed))
        except (InvalidData, Conflict) as error:
            refusal = error
        else:
            done = "is archived" if saved.is_archived else "is saved"
            return told(request, redirect("outreach:templates"), f"“{saved.name}” {done}.")
    context = {
        "row": row,
        "typed": typed,
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "said": run(request, "getSequenceWords"),
        "channels": CHANNEL_WORDS,
    }
    return render(request, "console_outreach/template.html", context, status=refusal.status if refusal else 200)


def _channel(row: Any) -> str:
    return str(row.channel.value) if row else "email"


def _given(request: HttpRequest, row: Any, typed: dict[str, str]) -> dict[str, Any]:
    key = {"templateId": row.id, "version": typed["version"]} if row else {}
    if request.POST.get("do") in ("archive", "restore"):
        return key | {"isArchived": request.POST["do"] == "archive"}
    given = key | {name: typed[name] for name in ("name", "body")}
    if row is None:
        given["channel"] = typed["channel"]
    return given | ({"subject": typed["subject"]} if typed["channel"] == "email" else {})


def _template(request: HttpRequest, template_id: int) -> Any:
    """The one with this id, wherever it stands in the list."""
    cursor: str | None = None
    while True:
        page = run(request, "listTemplates", include_archived=True, limit=100, cursor=cursor)
        found = next((each for each in page.items if each.id == template_id), None)
        if found is not None:
            return found
        cursor = page.next_cursor
        if cursor is None:
            raise NotFound("There is no such template.")
