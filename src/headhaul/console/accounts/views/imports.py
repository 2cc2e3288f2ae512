"""Files in: choose one, say which column is what, see what would become of it, watch it, take it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from headhaul.accounts.selectors import imports as files
from headhaul.console.accounts.importing import asked_of, prefilled, received
from headhaul.console.ui.bridge import perform, remember_toast, render, run, told, wants_fragment
from headhaul.console.ui.templating import address
from headhaul.kernel import AppError, InvalidData
from headhaul.security.actors import actor_of


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Imports, newest first. With a cursor, the older ones."""
    cursor = request.GET.get("cursor")
    context = {"imports": run(request, "getRecordImports", cursor=cursor, limit=25)}
    fragment = wants_fragment(request) and cursor
    return render(request, f"console_accounts/imports/{'_rows' if fragment else 'list'}.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Which file, and what is in it."""
    context = {"imports": run(request, "getRecordImports", limit=1), "entity": request.GET.get("entity", "accounts")}
    return render(request, "console_accounts/imports/new.html", context)


@login_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take the file in, and go on to its columns."""
    kept = received(request)
    where = address("accounts:import_plan", kept.pk, query={"entity": request.POST.get("entity")})
    return redirect(where)


@login_required
def plan(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The columns and what would become of the rows; from here the import begins."""
    asked = asked_of(request.POST) if request.method == "POST" else prefilled(request)
    asked["uploadId"] = str(upload_id)
    refusal: AppError | None = None
    if request.POST.get("do") in ("import", "dry"):
        try:
            begun = perform(request, "importRecords", {**asked, "dryRun": request.POST["do"] == "dry"})
        except InvalidData as fault:
            refusal = fault
        else:
            return redirect("accounts:import", begun.id)
    seen = perform(request, "previewImport", asked)
    context = {"seen": seen, "asked": asked, "upload_id": upload_id, "refusal": refusal}
    return render(request, "console_accounts/imports/plan.html", context, status=refusal.status if refusal else 200)


@login_required
def show(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: how far it is, and what came of it."""
    context = {"it": run(request, "getImport", import_id=import_id)}
    fragment = "console_accounts/imports/_state.html"
    return render(request, fragment if wants_fragment(request) else "console_accounts/imports/import.html", context)


@login_required
def errors(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The rows that did not come in, as a file, sent while it is read."""
    it = run(request, "getImport", import_id=import_id)
    return _file(files.error_file(import_id=it.id, by=actor_of(request.user)), f"not-imported-{it.id}.csv")


@login_required
def kept(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """What an undone import left, as a file."""
    it = run(request, "getImport", import_id=import_id)
    return _file(files.kept_file(import_id=it.id, by=actor_of(request.user)), f"kept-{it.id}.csv")


@login_required
@require_POST
def stop(request: HttpRequest, import_id: int) -> HttpResponse:
    """End it after the batch it is at."""
    it = run(request, "stopImport", import_id=import_id)
    return told(request, redirect("accounts:import", it.id), "Stopped. What came in can be undone.")


@login_required
@require_POST
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take it back."""
    it = run(request, "undoImport", import_id=import_id)
    said = f"{it.reversed:,} taken back, {it.kept:,} kept." if it.state == "undone" else "It is being taken back."
    return remember_toast(redirect("accounts:import", it.id), said)


def _file(lines: object, name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")  # type: ignore[arg-type]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
