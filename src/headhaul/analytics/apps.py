"""The analytics room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Reads what other rooms keep; it has no tables yet."""

    name = "headhaul.analytics"
    label = "analytics"
    verbose_name = "Analytics"
