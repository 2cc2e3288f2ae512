"""An event: something that happened and may set rules off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.pipeline.choices import RuleTrigger

Changes = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that may set rules off. The same `key` is the same event, however often it is told.

    `chain` names the firings that led to it: the rule and the record of each.
    """

    trigger: RuleTrigger
    at: datetime
    key: str
    account_id: int | None = None
    opportunity_id: int | None = None
    activity_id: int | None = None
    record_id: int | None = None  # of the kind that a room above lends for this trigger
    actor: str = ""
    changes: Changes = field(default_factory=dict)
    risk: str = ""
    chain: tuple[tuple[int, str], ...] = ()
