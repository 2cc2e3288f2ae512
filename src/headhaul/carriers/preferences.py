"""Settings of this room."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from headhaul.carriers.choices import CutOffs
from headhaul.preferences.sections import Section


class SegmentSettings(Section):
    """Fleet size classes by effective power units."""

    key: ClassVar[str] = "segments"
    heading: ClassVar[str] = "Fleet segments"

    owner_operator: int = Field(5, ge=1, title="Owner-operator up to", description="Power units.")
    small_fleet: int = Field(25, ge=1, title="Small fleet up to")
    regional: int = Field(100, ge=1, title="Regional up to")
    mid_market: int = Field(
        500,
        ge=1,
        title="Mid-market up to",
        description="Larger fleets are enterprises. Carriers are classed anew at night.",
    )

    @model_validator(mode="after")
    def _rising(self) -> SegmentSettings:
        if not self.owner_operator < self.small_fleet < self.regional < self.mid_market:
            raise ValueError("each class must end above the one before")
        return self

    @property
    def cut_offs(self) -> CutOffs:
        """As the segment rules take them."""
        return CutOffs(self.owner_operator, self.small_fleet, self.regional, self.mid_market)


class FmcsaLookups(Section):
    """How the look-up service of FMCSA is asked. The key itself is the setting FMCSA_WEB_KEY."""

    key: ClassVar[str] = "fmcsa"
    heading: ClassVar[str] = "FMCSA look-ups"

    requests_per_second: float = Field(
        5, gt=0, le=50, title="Requests per second", description="For each process. FMCSA states no limit of its own."
    )
    keep_hours: int = Field(
        20, ge=1, le=720, title="Hours an answer is kept", description="Within them nothing is asked twice."
    )
    timeout_seconds: int = Field(10, ge=1, le=120, title="Seconds to wait for an answer")
    deadline_seconds: int = Field(30, ge=1, le=600, title="Seconds for one question, retries included")
    attempts: int = Field(4, ge=1, le=10, title="Tries for one question")
    failures_before_rest: int = Field(5, ge=1, le=100, title="Failures in a row before a rest")
    rest_seconds: int = Field(60, ge=1, le=3600, title="Seconds of rest after them")


class MatchingSection(Section):
    """Who is in reach of whom."""

    key: ClassVar[str] = "matching"
    heading: ClassVar[str] = "Matching"

    reach: Literal["distance", "adjacent"] = Field(
        "distance", title="Regional work reaches", description="distance: by miles; adjacent: same or next state."
    )
    local_miles: int = Field(50, ge=0, le=3000, title="Local work: miles from home")
    dedicated_miles: int = Field(150, ge=0, le=3000, title="Dedicated work: miles from home")
    regional_miles: int = Field(250, ge=0, le=3000, title="Regional work: miles from home")
    near_miles: int = Field(100, ge=1, le=1000, title="Close by: miles", description="What reasons call close.")
    across_water: bool = Field(
        False, title="Match across water", description="Hawaii, Puerto Rico and Guam with the mainland."
    )


class ScoringSection(Section):
    """How supply becomes a score. The four weights make 1 together."""

    key: ClassVar[str] = "scoring"
    heading: ClassVar[str] = "Scoring"

    match_weight: float = Field(0.30, ge=0, le=1, title="Weight: how many drivers fit")
    region_weight: float = Field(0.25, ge=0, le=1, title="Weight: how close they live")
    equipment_weight: float = Field(0.25, ge=0, le=1, title="Weight: how surely their equipment fits")
    recency_weight: float = Field(0.20, ge=0, le=1, title="Weight: how active they are")
    match_half: float = Field(8, gt=0, title="Drivers for half of the first factor")
    region_half: float = Field(4, gt=0, title="Close drivers for half of the second")
    equipment_half: float = Field(6, gt=0, title="Surely fitting drivers for half of the third")
    recency_half: float = Field(4, gt=0, title="Active drivers for half of the fourth")
    recency_half_life_days: float = Field(30, gt=0, title="Half-life of a driver's activity", description="Days.")
    threshold: float = Field(55, ge=0, le=100, title="Prospect from a score of")
    min_drivers: int = Field(3, ge=0, title="Prospect from drivers")
    spike_rise: float = Field(0.20, gt=0, title="Spike: rise in a week", description="0.2 is 20 %.")
    spike_base: int = Field(3, ge=1, title="Spike: drivers at least, in both weeks")

    @model_validator(mode="after")
    def _weights(self) -> ScoringSection:
        total = self.match_weight + self.region_weight + self.equipment_weight + self.recency_weight
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the four weights make 1 together, not {total:g}")
        return self


class Prospects(Section):
    """Who is worth an account, beside score, drivers and the worthiness gate."""

    key: ClassVar[str] = "prospects"
    heading: ClassVar[str] = "Prospects"

    smallest_fleet: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Smallest fleet",
        description="Power units. 0 takes any fleet; 2 leaves out single trucks, which their owners drive. "
        "A fleet that is not known counts as 0. Accounts that exist stay on the list.",
    )


class SignalsSection(Section):
    """What is kept of a day's signals."""

    key: ClassVar[str] = "signals"
    heading: ClassVar[str] = "Signals"

    most_kept: int = Field(
        500_000,
        ge=1,
        le=5_000_000,
        title="Signals kept a day",
        description="The best ones; the run says how many were not.",
    )
    history_days: int = Field(90, ge=8, le=730, title="Days of history")
