"""What this room keeps: figures as they were and who wants them by mail; spend; what is known of competitors."""

from __future__ import annotations

from headhaul.analytics.models.competitors import (
    Competitor,
    CompetitorIntel,
    CompetitorIntelChange,
    CompetitorName,
    CompetitorSighting,
)
from headhaul.analytics.models.mails import AnalyticsMailChoice
from headhaul.analytics.models.snapshots import AnalyticsSnapshot
from headhaul.analytics.models.spend import Spend

__all__ = [
    "AnalyticsMailChoice",
    "AnalyticsSnapshot",
    "Competitor",
    "CompetitorIntel",
    "CompetitorIntelChange",
    "CompetitorName",
    "CompetitorSighting",
    "Spend",
]
