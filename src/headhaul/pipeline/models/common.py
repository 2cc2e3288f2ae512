"""What the tables share."""

from __future__ import annotations

from typing import Any

from django.conf import settings

BLANK: dict[str, Any] = {"blank": True, "default": ""}
USER = settings.AUTH_USER_MODEL
