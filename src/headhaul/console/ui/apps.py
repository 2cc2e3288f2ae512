"""The app that carries the shared templates and static files."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Design system and frame."""

    name = "headhaul.console.ui"
    label = "console_ui"
