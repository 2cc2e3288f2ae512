"""The app for sign-in, search, events and the profile."""

from __future__ import annotations

from django.apps import AppConfig


class SessionConfig(AppConfig):
    """Stands before allauth, so that its pages wear our layout."""

    name = "headhaul.console.session"
    label = "console_session"
