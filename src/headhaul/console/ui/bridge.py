"""From a view to an action and back: every page reads and writes through `dispatch`, as every other door does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render
from django.urls import reverse
from django.utils import timezone

from headhaul.actions import dispatch
from headhaul.kernel import Door
from headhaul.security.actors import actor_of

UNDO = "headhaul.undo_id"  # where the request keeps how to take back what it did


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
    if reply.undo_id is not None:
        request.META[UNDO] = reply.undo_id
    return reply.payload


def undo_path(request: HttpRequest) -> str:
    """Where a POST takes back the last write of this request; "" when there is nothing to take back."""
    undo_id = request.META.get(UNDO)
    return "" if undo_id is None else reverse("ui:undo", args=[undo_id])


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


def told(request: HttpRequest, response: HttpResponse, text: str, *, tone: str = "good") -> HttpResponse:
    """Say what was done, with the way back when there is one: here for a fragment, on the next page otherwise."""
    say = toast if wants_fragment(request) and response.status_code < 300 else remember_toast
    return say(response, text, tone=tone, undo=undo_path(request))


def toast(response: HttpResponse, text: str, *, tone: str = "good", undo: str = "") -> HttpResponse:
    """Let the page say something small; `undo` is where a POST takes it back."""
    detail = {"text": text, "tone": tone, "undo": undo}
    response.headers["HX-Trigger"] = json.dumps({"toast": detail})
    return response


def remember_toast(response: HttpResponse, text: str, *, tone: str = "good", undo: str = "") -> HttpResponse:
    """For an answer that redirects: the next page says it."""
    response.set_cookie("toast", quote(f"{tone}:{undo}:{text}"), max_age=20, samesite="Lax")
    return response
