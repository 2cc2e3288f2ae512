"""Figures as they were: keeping them, listing them, comparing two."""

from __future__ import annotations

from headhaul.analytics.schemas.figures import AnalyticsScope
from headhaul.analytics.schemas.snapshots import (
    CompareSnapshots,
    GetSnapshot,
    GetSnapshots,
    SaveSnapshot,
    SnapshotDetail,
    SnapshotRow,
    SnapshotsCompared,
    SnapshotsPage,
)
from headhaul.analytics.selectors import snapshots as reading
from headhaul.analytics.services import snapshots
from headhaul.kernel import Call, Role, action


@action(
    "saveSnapshot",
    reply="snapshotSaved",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("analytics_snapshot", str(answer.id) if answer else ""),
    final="A snapshot stays as it was taken, so that later figures can be held against it.",
)
def save_snapshot(call: Call, data: SaveSnapshot) -> SnapshotRow:
    """Keep all figures of some days as they are now, for good."""
    asked = AnalyticsScope.model_validate(data.model_dump(exclude={"name"}))
    kept = snapshots.take(asked=asked, name=data.name, at=call.at, by=call.actor)
    return reading.listed([kept])[0]


@action("getSnapshots", reply="snapshotsLoaded", role=Role.VIEWER)
def get_snapshots(call: Call, data: GetSnapshots) -> SnapshotsPage:
    """The snapshots of figures, newest first: those taken by hand, and those of each month."""
    return reading.snapshot_page(asked=data, by=call.actor)


@action("getSnapshot", reply="snapshotLoaded", role=Role.VIEWER)
def get_snapshot(call: Call, data: GetSnapshot) -> SnapshotDetail:
    """A snapshot with all its figures, as they were."""
    return reading.detail(snapshot_id=data.snapshot_id, by=call.actor)


@action("compareSnapshots", reply="snapshotsCompared", role=Role.VIEWER)
def compare_snapshots(call: Call, data: CompareSnapshots) -> SnapshotsCompared:
    """Two snapshots, figure by figure: in which direction, by how much, for better or worse, and what to mind."""
    return reading.compared(asked=data, by=call.actor)
