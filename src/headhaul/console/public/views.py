"""A click, a picture, a way out. No cookie is read or set, and nothing is done by looking."""

from __future__ import annotations

import base64
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from headhaul.outreach.services import clicks, unsubscribing
from headhaul.outreach.services.clicks import Fetch

_PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
View = Callable[[HttpRequest, str], HttpResponse]


class Away(HttpResponseRedirect):
    """Only to where a mail of ours led; other schemes than the web's are refused."""

    allowed_schemes = ["http", "https"]


def _quietly(view: View) -> View:
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        return response

    return answer


@csrf_exempt
@require_http_methods(["GET", "HEAD"])
@_quietly
def tracked(request: HttpRequest, token: str) -> HttpResponse:
    """GET /t/<token>: on to where the link leads. An unknown one leads nowhere."""
    url = clicks.follow(token=token, fetch=_fetch(request), at=timezone.now())
    return Away(url) if url else _page(request, "unknown", status=404)


@csrf_exempt
@require_http_methods(["GET", "HEAD"])
@_quietly
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """GET /o/<token>.gif: a dot. Known or not, the answer is the same."""
    clicks.opened(token=token, fetch=_fetch(request), at=timezone.now())
    return HttpResponse(_PICTURE, content_type="image/gif")


@csrf_exempt  # RFC 8058: mail programs post here without cookie or page, and the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
@_quietly
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET /u/<token>: a page with a button. POST: done, at once and however often."""
    if request.method == "POST":
        everything = request.POST.get("what") == "all"
        done = unsubscribing.unsubscribe(token=token, at=timezone.now(), everything=everything)
        if done is None:
            return _page(request, "unknown", status=404)
        return _page(request, "done", shown=done, everything=everything, token=token)
    shown = unsubscribing.look(token)
    if shown is None:
        return _page(request, "unknown", status=404)
    return _page(request, "ask", shown=shown, token=token)


def _page(request: HttpRequest, name: str, *, status: int = 200, **shown: object) -> HttpResponse:
    return render(request, f"public/{name}.html", shown, status=status, using="jinja2")


def _fetch(request: HttpRequest) -> Fetch:
    said = " ".join(request.headers.get(name, "").lower() for name in _AHEAD)
    return Fetch(
        method=request.method or "",
        agent=request.headers.get("User-Agent", ""),
        address=request.META.get("REMOTE_ADDR", ""),
        is_prefetch="fetch" in said or "preview" in said,
    )
