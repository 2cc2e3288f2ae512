"""Settings of this room."""

from __future__ import annotations

from typing import ClassVar

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
        500, ge=1, title="Mid-market up to", description="Larger fleets are enterprises. Carriers are classed anew at night."
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
