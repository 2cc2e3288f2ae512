"""Snapshots as they were kept, and two of them beside each other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.analytics.metrics import Unit, changed
from headhaul.analytics.models import AnalyticsSnapshot
from headhaul.analytics.schemas.snapshots import (
    ComparedFigure,
    CompareSnapshots,
    GetSnapshots,
    KeptFigure,
    SnapshotDetail,
    SnapshotRow,
    SnapshotsCompared,
    SnapshotsPage,
)
from headhaul.analytics.selectors.telling import direction
from headhaul.carriers.choices import Segment
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor
from headhaul.pipeline.working_days import current

_SORT = "snapshots"
_PEOPLE = "select id, coalesce(nullif(name, ''), email) as name from security_user where id = any(%s)"
_TEAMS = "select id, name from security_team where id = any(%s)"


def visible(by: Actor) -> QuerySet[AnalyticsSnapshot]:
    """One's own snapshots, and those that speak only of people whose work one sees anyway."""
    scope = scope_of(by)
    if scope.is_all:
        return AnalyticsSnapshot.objects.all()
    own = Q(taken_by_id=by.user_id) if by.user_id is not None else Q(pk__in=[])
    seen = Q(user_ids__isnull=False, user_ids__contained_by=[] if scope.is_nothing else scope.user_ids)
    return AnalyticsSnapshot.objects.filter(own | seen)


def snapshot_page(*, asked: GetSnapshots, by: Actor) -> SnapshotsPage:
    """A page of them, newest first."""
    found = visible(by).defer("figures").order_by("-taken_at", "-pk")
    if asked.kind is not None:
        found = found.filter(kind=asked.kind)
    total = None if asked.cursor else found[: COUNT_LIMIT + 1].count()
    if asked.cursor:
        at, key = decode_cursor(asked.cursor, sort=_SORT, types=[datetime, int])
        found = found.filter(Q(taken_at__lt=at) | Q(taken_at=at, pk__lt=key))
    rows = list(found[: asked.limit + 1])
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    return SnapshotsPage(
        items=listed(rows),
        next_cursor=encode_cursor(_SORT, [rows[-1].taken_at, rows[-1].pk]) if more else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
    )


def detail(*, snapshot_id: int, by: Actor) -> SnapshotDetail:
    """One of them with its figures."""
    found = _one(snapshot_id, by=by)
    [row] = listed([found])
    kept = {name: value for name, value in found.figures.items() if name != "figures"}
    return SnapshotDetail(**row.model_dump(), filters=found.filters, figures=_figures(found), kept=kept)


def compared(*, asked: CompareSnapshots, by: Actor) -> SnapshotsCompared:
    """The second held against the first, figure by figure."""
    if asked.first_id == asked.second_id:
        raise InvalidData("Name two snapshots.", fields={"secondId": "another one than firstId"})
    first, second = _one(asked.first_id, by=by), _one(asked.second_id, by=by)
    before, after = ({each.key: each for each in _figures(one)} for one in (first, second))
    rows = listed([first, second])
    return SnapshotsCompared(
        first=rows[0],
        second=rows[1],
        cautions=_cautions(first, second),
        figures=[_compared(before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])],
    )


def listed(snapshots: list[AnalyticsSnapshot]) -> list[SnapshotRow]:
    """Rows with the names of whom they are about."""
    filters = [each.filters for each in snapshots]
    owners = [each["owner"] for each in filters if isinstance(each.get("owner"), int)]
    owners += [each.taken_by_id for each in snapshots if each.taken_by_id]
    people = _named(_PEOPLE, owners)
    teams = _named(_TEAMS, [each["teamId"] for each in filters if isinstance(each.get("teamId"), int)])
    return [
        SnapshotRow(
            id=each.pk,
            name=each.name,
            kind=each.kind,
            label=each.label,
            starts_on=each.starts_on,
            ends_on=each.ends_on,
            whose=_whose(each.filters, people, teams),
            catalogue=each.catalogue,
            taken_at=each.taken_at,
            taken_by=people.get(each.taken_by_id, "Somebody") if each.taken_by_id else "Headhaul",
        )
        for each in snapshots
    ]


def _one(snapshot_id: int, *, by: Actor) -> AnalyticsSnapshot:
    found = visible(by).filter(pk=snapshot_id).first()
    if found is None:
        raise NotFound(f"There is no snapshot {snapshot_id}.", fields={"snapshotId": "one of getSnapshots"})
    return found


def _figures(snapshot: AnalyticsSnapshot) -> list[KeptFigure]:
    known = {field.alias for field in KeptFigure.model_fields.values()}
    kept: list[dict[str, Any]] = snapshot.figures["figures"]
    return [KeptFigure(**{"value": None, **{k: v for k, v in each.items() if k in known}}) for each in kept]


def _compared(before: KeptFigure | None, after: KeptFigure | None) -> ComparedFigure:
    known = after or before
    assert known is not None
    first, second = (each.value if each else None for each in (before, after))
    same = before is not None and after is not None and before.version == after.version
    change = round(second - first, 2) if same and first is not None and second is not None else None
    relative = (
        round(100 * change / first, 1) if change is not None and first and known.unit is not Unit.PERCENT else None
    )
    verdict = known.better.verdict(change or 0)
    return ComparedFigure(
        key=known.key,
        name=known.name,
        group=known.group,
        unit=known.unit,
        first=first,
        second=second,
        first_n=before.n if before else 0,
        second_n=after.n if after else 0,
        first_part=before.part if before else None,
        second_part=after.part if after else None,
        change=change,
        change_percent=relative,
        direction=direction(change),
        verdict=verdict,
        is_comparable=same,
        says=_says(before, after, change, relative, verdict),
    )


def _says(
    before: KeptFigure | None, after: KeptFigure | None, change: float | None, relative: float | None, verdict: str
) -> str:
    if before is None or after is None:
        return f"Only in the {'second' if before is None else 'first'}: the other is from before it was defined."
    if before.version != after.version:
        return "Not comparable: its definition changed in between."
    if change is None:
        missing = after.missing if after.value is None else before.missing
        return f"Not comparable: {missing[:1].lower()}{missing[1:]}" if missing else "Not comparable: no value."
    said = changed(unit=after.unit, change=change, percent=relative, verdict=verdict)
    return said[:1].upper() + said[1:]


def _cautions(first: AnalyticsSnapshot, second: AnalyticsSnapshot) -> list[str]:
    found = []
    if first.filters != second.filters:
        found.append("They speak of different people or fleets.")
    lengths = [(each.ends_on - each.starts_on).days + 1 for each in (first, second)]
    if max(lengths) - min(lengths) > 3:
        found.append(f"Their periods differ in length: {lengths[0]} and {lengths[1]} days.")
    for which, each in (("first", first), ("second", second)):
        if current().today(each.taken_at) <= each.ends_on:
            found.append(f"The {which} was taken while its period still ran.")
    if first.catalogue != second.catalogue:
        found.append("Definitions changed in between; what that touches is marked.")
    return found


def _named(sql: str, ids: list[int]) -> dict[int, str]:
    return {row["id"]: row["name"] for row in fetch(sql, [ids])} if ids else {}


def _whose(filters: dict[str, Any], people: dict[int, str], teams: dict[int, str]) -> str:
    owner, team = filters.get("owner"), filters.get("teamId")
    parts = []
    if owner is not None:
        parts.append("Nobody's" if owner == "none" else people.get(owner, "Somebody who is gone"))
    if team is not None:
        parts.append("In no team" if team == "none" else teams.get(team, "A team that is gone"))
    parts += [Segment(each).label for each in filters.get("segment", [])]
    return ", ".join(parts) or "The firm"
