"""All addresses. Each panel states its own paths from the root."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

_DOORS = ["api", *[f"console.{panel}" for panel in ("session", "dashboard", "signals", "accounts", "admin", "ui")]]


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/", include("allauth.urls")),
    *[path("", include(f"headhaul.{door}.urls")) for door in _DOORS if _exists(f"headhaul.{door}.urls")],
]

handler403 = "headhaul.console.ui.views.forbidden"
handler404 = "headhaul.console.ui.views.not_found"
handler500 = "headhaul.console.ui.views.server_error"
