"""An AppError raised in a view becomes what its reader can use: a toast for htmx, a page for a browser."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import NoReverseMatch, reverse

from headhaul.accounts.errors import MergedInto
from headhaul.console.ui.bridge import remember_toast, render
from headhaul.console.ui.refusing import in_words
from headhaul.console.ui.shell import reader_zone
from headhaul.kernel import AppError

Handler = Callable[[HttpRequest], HttpResponse]

TITLES = {
    403: "Your role does not reach this",
    404: "There is no such page",
    409: "Somebody was faster",
    422: "Something in the address does not fit",
    429: "Too fast",
    451: "A rule says no",
    503: "A part of Headhaul does not answer",
}


class AppErrorPages:
    """Answers for AppError with its own status; every other error goes on to Django."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A fragment is never the sign-in form: when a session has ended, the whole page goes there."""
        response = self.get_response(request)
        if _is_htmx(request) and response.headers.get("Location", "").startswith(resolve_url(settings.LOGIN_URL)):
            return _sign_in(request)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to an AppError. Signing in comes first where nobody is signed in."""
        if not isinstance(error, AppError):
            return None
        if error.status == 401:
            return _sign_in(request)
        if isinstance(error, MergedInto) and request.method == "GET" and not _is_htmx(request):
            return _moved(error) or _page(request, error)
        response = _toast(request, error) if _is_htmx(request) else _page(request, error)
        if error.status == 429:
            response.headers["Retry-After"] = str(getattr(error, "retry_after", 60))
        return response


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _sign_in(request: HttpRequest) -> HttpResponse:
    if _is_htmx(request):
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    return redirect_to_login(request.get_full_path())


def _moved(error: MergedInto) -> HttpResponse | None:
    """To the record that the one of this address became part of, with a word about it."""
    try:
        where = reverse(f"accounts:{error.entity}", args=[error.new_id])
    except NoReverseMatch:
        return None
    return remember_toast(redirect(where), f"This {error.entity} was merged into the one you see now.", tone="info")


def _toast(request: HttpRequest, error: AppError) -> HttpResponse:
    message, fields = in_words(error, reader_zone(request))
    said = " ".join([message, *(f"{name}: {what}." for name, what in fields.items())])
    detail = {"toast": {"text": said, "tone": "bad", "undo": ""}}
    return HttpResponse(status=error.status, headers={"HX-Reswap": "none", "HX-Trigger": json.dumps(detail)})


def _page(request: HttpRequest, error: AppError) -> HttpResponse:
    message, fields = in_words(error, reader_zone(request))
    context = {"title": TITLES.get(error.status, "That did not work"), "message": message, "fields": fields}
    return render(request, "ui/problem.html", context, status=error.status)
