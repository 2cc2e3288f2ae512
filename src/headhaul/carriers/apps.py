"""The carriers room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CarriersConfig(AppConfig):
    """Tables are named carriers_*."""

    name = "headhaul.carriers"
    label = "carriers"
    verbose_name = "Carriers"
    default_auto_field = "django.db.models.BigAutoField"
