"""Pages for what went wrong at the edge, and the gallery of all components."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from headhaul.console.ui import examples
from headhaul.console.ui.bridge import remember_toast, render, run, toast, undo_path, wants_fragment


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    said = "The address is not one of ours. Search with Ctrl K, or go back to the dashboard."
    return render(
        request, "ui/problem.html", {"title": "There is no such page", "message": said, "fields": {}}, status=404
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, also for a form that was open too long."""
    said = (
        "You are signed in, but this is not open to you, or the form was open for too long. Reload and try once more."
    )
    return render(request, "ui/problem.html", {"title": "Not allowed", "message": said, "fields": {}}, status=403)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose secret does not fit: opened before signing in anew, or sent from elsewhere."""
    return forbidden(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, and 413 for a form that is too large to be read at all."""
    if not isinstance(exception, RequestDataTooBig):
        said = "The browser sent something that cannot be read. Go back and try once more."
        return render(
            request, "ui/problem.html", {"title": "That cannot be read", "message": said, "fields": {}}, status=400
        )
    said = "That is too much text for a form, and nothing was saved. A note holds 20,000 characters."
    if wants_fragment(request):
        refused = HttpResponse(status=413, headers={"HX-Reswap": "none"})
        return toast(refused, said, tone="bad")
    return render(request, "ui/problem.html", {"title": "Too much at once", "message": said, "fields": {}}, status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: no database, no session, no template that may fail again."""
    return render(request, "ui/broken.html", {}, status=500)


@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once, with examples."""
    return render(request, "ui/gallery.html", examples.gallery())


@login_required
@require_POST
def undo(request: HttpRequest, undo_id: int) -> HttpResponse:
    """Take back a write and show the page as it is then."""
    done = run(request, "undoAction", undo_id=undo_id)
    said = " ".join(["Taken back.", *done.notes])
    if wants_fragment(request):
        response = HttpResponse(headers={"HX-Refresh": "true"})
    else:
        came_from = request.META.get("HTTP_REFERER", "")
        is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
        response = redirect(came_from if is_ours else "dashboard:home")
    return remember_toast(response, said, undo=undo_path(request))
