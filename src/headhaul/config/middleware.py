"""What happens around every request: an id that ties its log lines together, and how long a sign-in lasts."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

Respond = Callable[[HttpRequest], HttpResponseBase]
_ACCEPTABLE_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_STARTED, _SEEN = "_started_at", "_seen_at"
_NOTICE_SECONDS = 300  # how often a session's last use is written down


class RequestContext:
    """Gives each request an id (a proxy's is kept) that the log and the answer carry."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _ACCEPTABLE_ID.match(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.respond(request)
        response.headers.setdefault("X-Request-ID", request_id)
        return response


class ContentSecurityPolicy:
    """Sends the policy of the settings. It is the same for every answer, so it is written once: django-csp's own
    middleware puts it together twice for each, which took 0.1 ms.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self._policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        response.headers.setdefault(HEADER, self._policy)
        return response


class SessionLifetime:
    """Ends a sign-in after an hour unused and twelve hours in all; keeps its pages out of shared caches."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signed_in = request.user.is_authenticated and self._still_valid(request)
        response = self.respond(request)
        if signed_in:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _still_valid(self, request: HttpRequest) -> bool:
        now, session = int(time.time()), request.session
        started, seen = session.get(_STARTED, now), session.get(_SEEN, now)
        if now - started > settings.SESSION_ABSOLUTE_SECONDS or now - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
            return False
        if _SEEN not in session or now - seen > _NOTICE_SECONDS:
            session[_STARTED], session[_SEEN] = started, now
        return True
