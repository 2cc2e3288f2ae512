"""The form of an event, for whoever scans its code or meets it on a page: no sign-in, no cookie, no script.

It may stand within pages of the sites that the settings name: then it has a policy of its own, and nothing else has.
"""

from __future__ import annotations

from typing import Any

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from headhaul import preferences
from headhaul.capture.errors import FormIsClosed
from headhaul.capture.models import CaptureEvent
from headhaul.capture.services import events
from headhaul.compliance.preferences import Firm
from headhaul.console.public.preferences import FormFrames


@csrf_exempt  # a form within another site's page gets no cookie: its signed time is the proof that it is ours
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, public_key: str) -> HttpResponse:
    """GET /f/<key>/: the form. POST: taken, or what is missing."""
    try:
        event = events.of_key(public_key)
    except FormIsClosed:
        return _page(request, "form_closed", status=404)
    return _page(request, "form", **_blank(request, event))


def _blank(request: HttpRequest, event: CaptureEvent) -> dict[str, Any]:
    return {
        "event": event,
        "given": {},
        "faults": {},
        "problem": "",
        "token": "",
        "rep": request.GET.get("r", ""),
        "at": timezone.now(),
    }


def _page(request: HttpRequest, name: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    shown |= {"embedded": bool(request.GET.get("embed")), "firm": preferences.get(Firm).name}
    answer = render(request, f"public/{name}.html", shown, status=status, using="jinja2")
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    if sites := preferences.get(FormFrames).sites:
        answer[HEADER] = build_policy(replace={"frame-ancestors": ["'self'", *sites]})
    return answer
