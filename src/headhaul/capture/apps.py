"""The capture room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CaptureConfig(AppConfig):
    """Tables are named capture_*."""

    name = "headhaul.capture"
    label = "capture"
    verbose_name = "Capture"
    default_auto_field = "django.db.models.BigAutoField"
