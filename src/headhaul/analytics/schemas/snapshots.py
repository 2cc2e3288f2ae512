"""What snapshots take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from headhaul.analytics.choices import SnapshotKind
from headhaul.analytics.metrics import Better, Unit
from headhaul.analytics.schemas.figures import AnalyticsScope
from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.pipeline.schemas.words import Id

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f]*$")]


class SaveSnapshot(AnalyticsScope):
    """Which figures to keep, and what to call them."""

    name: Name = ""


class GetSnapshots(Page):
    """A page of snapshots."""

    kind: SnapshotKind | None = None


class GetSnapshot(Payload):
    """One snapshot."""

    snapshot_id: Id


class CompareSnapshots(Payload):
    """Two snapshots; the second is held against the first."""

    first_id: Id
    second_id: Id


class SnapshotRow(Result):
    """A snapshot as lists show it."""

    id: int
    name: str
    kind: SnapshotKind
    label: str
    starts_on: date
    ends_on: date
    whose: str = Field(description="Of whom, in words")
    catalogue: str
    taken_at: datetime
    taken_by: str


class SnapshotsPage(Paged[SnapshotRow]):
    """Newest first."""


class KeptFigure(Result):
    """A figure as it was kept, by the definition of its time."""

    key: str
    name: str
    group: str
    unit: Unit
    better: Better
    version: int
    value: float | None
    n: int
    part: int | None = None
    low: float | None = None
    high: float | None = None
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    is_enough: bool = True
    missing: str = ""
    note: str = ""


class SnapshotDetail(SnapshotRow):
    """A snapshot with everything it keeps."""

    filters: dict[str, Any]
    figures: list[KeptFigure]
    kept: dict[str, Any] = Field(description="reps, stages, forecasts and trend, as getAnalytics gave them")


class ComparedFigure(Result):
    """A figure in both snapshots. `says` is the change in words; without a change it says why there is none."""

    key: str
    name: str
    group: str
    unit: Unit
    first: float | None
    second: float | None
    first_n: int
    second_n: int
    first_part: int | None = Field(default=None, description="Of a percentage: so many of firstN")
    second_part: int | None = None
    change: float | None
    change_percent: float | None
    direction: Literal["up", "down", "same", "unknown"]
    verdict: Literal["better", "worse", "neither"]
    is_comparable: bool = Field(description="Both were reckoned by the same definition")
    says: str


class SnapshotsCompared(Result):
    """Two snapshots beside each other. `cautions` are reasons to compare with care."""

    first: SnapshotRow
    second: SnapshotRow
    cautions: list[str]
    figures: list[ComparedFigure]
