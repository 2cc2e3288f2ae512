"""The advisor room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AdvisorConfig(AppConfig):
    """Tables are named advisor_*."""

    name = "headhaul.advisor"
    label = "advisor"
    verbose_name = "Advisor"
    default_auto_field = "django.db.models.BigAutoField"
