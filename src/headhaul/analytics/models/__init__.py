"""The tables of this room."""

from headhaul.analytics.models.competitors import (
    Competitor,
    CompetitorIntel,
    CompetitorIntelChange,
    CompetitorName,
    CompetitorSighting,
)
from headhaul.analytics.models.spend import Spend

__all__ = [
    "Competitor",
    "CompetitorIntel",
    "CompetitorIntelChange",
    "CompetitorName",
    "CompetitorSighting",
    "Spend",
]
