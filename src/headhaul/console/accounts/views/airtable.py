"""Airtable: its tables in, our records back."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.accounts.selectors import airtable as files
from headhaul.console.accounts.importing import received
from headhaul.console.ui.bridge import remember_toast, render, run, wants_fragment


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The base, the plan's tables, and the latest work."""
    fragment = "console_accounts/imports/_airtable.html"
    context = {"airtable": run(request, "getAirtable")}
    return render(request, fragment if wants_fragment(request) else "console_accounts/imports/airtable.html", context)


@login_required
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Import the tables of the base."""
    run(request, "importAirtable")
    return remember_toast(redirect("accounts:airtable"), "The tables come in one after the other.")


@login_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Import a ZIP of CSV exports."""
    run(request, "importAirtable", upload_id=str(received(request).pk))
    return remember_toast(redirect("accounts:airtable"), "The tables come in one after the other.")


@login_required
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Export to the base, or as files."""
    run(request, "exportAirtable", target=request.POST.get("target", "csv"))
    return remember_toast(redirect("accounts:airtable"), "The export has begun.")


@login_required
def archive(request: HttpRequest, export_id: int) -> FileResponse:
    """The files of an export."""
    run(request, "getAirtable")  # whoever may not see exports may not have their files
    path = files.export_file(export_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"airtable-{export_id}.zip")
