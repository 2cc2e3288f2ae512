"""Rows as an export of somebody's own data shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as JSON."""
    shown: dict[str, Any] = json.loads(json.dumps(dict(row), cls=DjangoJSONEncoder))
    return shown
