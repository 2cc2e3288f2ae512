"""The company's settings as matching and scoring take them."""

from __future__ import annotations

from headhaul import preferences
from headhaul.carriers.preferences import MatchingSection, ScoringSection
from headhaul.carriers.services.matching.settings import DemandSettings, MatchSettings, Reach, ScoreSettings


def match_settings() -> MatchSettings:
    """Who is in reach of whom, now."""
    values = preferences.get(MatchingSection).model_dump()
    return MatchSettings(**{**values, "reach": Reach(values["reach"])})


def score_settings() -> ScoreSettings:
    """How supply becomes a score, now."""
    return ScoreSettings(**preferences.get(ScoringSection).model_dump())


def demand_settings() -> DemandSettings:
    """How strongly public facts speak for a need of drivers."""
    return DemandSettings()
