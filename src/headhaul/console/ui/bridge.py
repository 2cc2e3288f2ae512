"""From a view to an action and back: every page reads and writes through `dispatch`, as every other door does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render
from django.utils import timezone

from headhaul.actions import dispatch
from headhaul.kernel import Door
from headhaul.security.actors import actor_of


def run(request: HttpRequest, name: str, /, **data: Any) -> Any:
    """The result of an action, asked for by whoever is signed in. What is None or "" is left out, as a form leaves it.

    Raises AppError; the middleware turns it into a page or a toast with the same status.
    """
    return perform(request, name, {key: value for key, value in data.items() if value is not None and value != ""})


def perform(request: HttpRequest, name: str, data: Mapping[str, Any]) -> Any:
    """As `run`, with the data exactly as given: None and "" mean something here."""
    reply = dispatch(
        name,
        data,
        actor=actor_of(request.user),
        at=timezone.now(),
        door=Door.CONSOLE,
        request_id=getattr(request, "request_id", None),
    )
    return reply.payload


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page or a fragment. What differs by `HX-Request` must not be mixed up in a cache."""
    response = django_render(request, template, dict(context or {}), status=status, using="jinja2")
    response.headers.setdefault("Vary", "HX-Request, Cookie")
    return response


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked, so that a part of the page is enough. Going back in history needs the whole."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def toast(response: HttpResponse, text: str, *, tone: str = "good", undo: str = "") -> HttpResponse:
    """Let the page say something small; `undo` is where a POST takes it back."""
    detail = {"text": text, "tone": tone, "undo": undo}
    response.headers["HX-Trigger"] = json.dumps({"toast": detail})
    return response


def remember_toast(response: HttpResponse, text: str, *, tone: str = "good") -> HttpResponse:
    """For an answer that redirects: the next page says it."""
    response.set_cookie("toast", quote(f"{tone}:{text}"), max_age=20, samesite="Lax")
    return response
