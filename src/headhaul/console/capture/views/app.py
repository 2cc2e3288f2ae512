"""The page in one hand, and what makes it an app: its worker and its manifest."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render as plain_render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from headhaul.console.capture import files, reading, typed
from headhaul.console.ui.bridge import perform, render, run
from headhaul.kernel import AppError, InvalidData

_PICTURE = "image/png"


@login_required
def capture(request: HttpRequest) -> HttpResponse:
    """The form. Scripts keep and send what is typed; without them the form is sent as forms are."""
    run(request, "getLeadQueue", limit=1)  # whoever may not see leads sees the refusal here, and not after typing
    if request.method == "POST":
        return _take(request)
    return _page(request)


def _take(request: HttpRequest) -> HttpResponse:
    try:
        taken = perform(request, "captureLead", typed.lead_of(request.POST))
    except (AppError, InvalidData) as refusal:
        said = " ".join([refusal.message, *(f"{name}: {what}." for name, what in refusal.fields.items())])
        return _page(request, given=request.POST.dict(), said={"text": said, "tone": "bad"}, status=refusal.status)
    whose = f" Owner: {taken.owner.name}." if taken.owner else ""
    score = f" {taken.score} of 100, {taken.grade.label.lower()}." if taken.score is not None else ""
    return _page(request, said={"text": f"Saved.{score}{whose}", "tone": "good"})


def _page(
    request: HttpRequest,
    *,
    given: dict[str, Any] | None = None,
    said: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    given_event = request.POST.get("eventId") or request.GET.get("event", "")
    chosen = int(given_event) if given_event.isascii() and given_event.isdigit() and len(given_event) < 19 else None
    events = reading.choice(request, also=chosen or None)
    context = {
        "events": events,
        "chosen": chosen if chosen is not None else next((event.id for event in events.all if event.is_now), None),
        "given": given or {},
        "said": said,
    }
    return render(request, "console_capture/capture.html", context, status=status)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """GET /capture/sw.js: it reaches as far as its own address, /capture/. It holds nothing of anybody's."""
    context = {"page": reverse("capture:capture"), "files": files.shell(), "version": files.version()}
    answer = plain_render(
        request, "console_capture/sw.js", context, content_type="text/javascript; charset=utf-8", using="jinja2"
    )
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """GET /capture/manifest.webmanifest: how a phone shows it among its apps."""
    pictures = [
        {"src": static("ui/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("capture/icon-192.png"), "sizes": "192x192", "type": _PICTURE},
        {"src": static("capture/icon-512.png"), "sizes": "512x512", "type": _PICTURE},
        {"src": static("capture/icon-maskable-512.png"), "sizes": "512x512", "type": _PICTURE, "purpose": "maskable"},
    ]
    said = {
        "id": reverse("capture:capture"),
        "name": "Headhaul Capture",
        "short_name": "Capture",
        "description": "Leads taken down at a booth, with or without a network.",
        "start_url": reverse("capture:capture"),
        "scope": "/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#f8fafb",
        "theme_color": "#0f5a66",
        "icons": pictures,
        "shortcuts": [{"name": "Leads", "url": reverse("capture:leads")}],
    }
    answer = JsonResponse(said, content_type="application/manifest+json")
    answer["Cache-Control"] = "max-age=86400"
    return answer
