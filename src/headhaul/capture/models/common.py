"""What the tables share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Q

BLANK: dict[str, Any] = {"blank": True, "default": ""}
USER = settings.AUTH_USER_MODEL


def among(field: str, words: type[StrEnum], *, or_blank: bool = False) -> Q:
    """The condition that a column holds one of a closed list, or nothing."""
    known = [str(word) for word in words]
    return Q(**{f"{field}__in": [*known, ""] if or_blank else known})
