"""The nightly room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class NightlyConfig(AppConfig):
    """Tables are named nightly_*."""

    name = "headhaul.nightly"
    label = "nightly"
    verbose_name = "Nightly"
    default_auto_field = "django.db.models.BigAutoField"
