"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert is about."""

    SIGNAL_SPIKE = "signal_spike"
    ACCOUNT_OPENED = "account_opened"
    CARRIER_RISK = "carrier_risk"


class Severity(StrEnum):
    """How much it matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
