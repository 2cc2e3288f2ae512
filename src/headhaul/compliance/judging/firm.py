"""The firm's own rules, as the judge needs them: what the settings say, as plain values that can be replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Firm:
    """The settings that a decision reads. `platform_quiet` is off, or utc: nothing leaves from 21:00 to 08:00 UTC."""

    begin_hour: int = 21  # quiet hours of texts and calls, on the recipient's clock
    end_hour: int = 8
    for_email: bool = True
    email_from_hour: int = 8
    email_until_hour: int = 18
    platform_quiet: str = "off"
    reply_days: int = 30  # for how long an answer to somebody who wrote is one
    require_scrub: bool = False
    allow_ai_calls: bool = False
    postal_address: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Firm:
        """Those of the settings that count here; what is missing is as shipped."""
        return cls(**{name: settings[name] for name in _NAMES if name in settings})


_NAMES = tuple(each.name for each in fields(Firm))
