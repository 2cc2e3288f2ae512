"""The app of the public pages."""

from __future__ import annotations

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Nothing of it stands in the rail."""

    name = "headhaul.console.public"
    label = "console_public"
