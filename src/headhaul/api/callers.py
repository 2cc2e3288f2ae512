"""Who is calling: the bearer of an API token, or whoever is signed in to the console in this browser."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from headhaul.kernel import Actor, Forbidden, Unauthenticated
from headhaul.security.actors import actor_of
from headhaul.security.services import tokens


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        raise Forbidden(
            "Requests from a browser need its CSRF token. Send the X-CSRFToken header, or use an API token."
        )


def caller(request: HttpRequest, *, at: datetime) -> Actor:
    """The actor behind the request; a browser's cookie alone never writes."""
    header = request.headers.get("Authorization")
    if header is not None:
        return bearer(header, at=at)
    actor = actor_of(request.user)
    if not actor.is_authenticated:
        raise Unauthenticated("Sign in, or send a valid API token.")
    if request.method not in ("GET", "HEAD"):
        check_csrf(request)
    return actor


def bearer(header: str, *, at: datetime) -> Actor:
    """The actor of an `Authorization: Bearer …` header."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated("Send the API token as `Authorization: Bearer hh_…`.")
    return tokens.authenticate(secret=secret.strip(), at=at)


def check_csrf(request: HttpRequest) -> None:
    """Raise Forbidden unless the request proves that it comes from our own pages."""
    check = _CsrfCheck(lambda _: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    check.process_view(request, lambda _: HttpResponse(), (), {})
