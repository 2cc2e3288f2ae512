"""Pages for what went wrong at the edge, and the gallery of all components."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from headhaul.console.ui import examples
from headhaul.console.ui.bridge import render


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


def server_error(request: HttpRequest) -> HttpResponse:
    """500: no database, no session, no template that may fail again."""
    return render(request, "ui/broken.html", {}, status=500)


@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once, with examples."""
    return render(request, "ui/gallery.html", examples.gallery())
