"""What is posted to us, and what it tells once it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

MOST_AGE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Posted:
    """A request as it came in. `headers` by lower-case name; `url` is as the provider was told it."""

    body: bytes
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One event. `kind` is one of EventKind, or the provider's word for what means nothing to us."""

    event_id: str
    kind: str
    provider_id: str = ""
    attempt_id: UUID | None = None
    recipient: str = ""
    occurred_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


class Forged(Exception):
    """It is not what it claims to be, or too old, or cannot be read. Nothing of it is believed."""
