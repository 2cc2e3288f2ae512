"""Makes `config` known to Django, so that it can hold commands and the cache's table."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """The commands of the command line, and the table behind the shared cache."""

    name = "headhaul.config"
    label = "config"
