"""Keeping figures as they are now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from headhaul.accounts.visibility import scope_of
from headhaul.analytics.choices import SnapshotKind
from headhaul.analytics.models import AnalyticsSnapshot
from headhaul.analytics.schemas.figures import Analytics, AnalyticsScope
from headhaul.analytics.selectors.analytics import analytics
from headhaul.analytics.selectors.scope import Question, question
from headhaul.kernel import SYSTEM, Actor
from headhaul.security.models import Team

_LEFT_OUT: dict[str, Any] = {"link": True, "help": True, "formula": True}
_COUNTS: dict[str, Any] = {"touches": {"link"}, "kinds": {"__all__": {"link"}}}
_STAGES: dict[str, Any] = {"entered": {"link"}, "moved_forward": {"link"}}


def take(
    *, asked: AnalyticsScope, at: datetime, by: Actor, name: str = "", kind: SnapshotKind = SnapshotKind.MANUAL
) -> AnalyticsSnapshot:
    """Keep all figures of the question as they are at this moment."""
    worked_out = question(asked, by=by, at=at)
    found = analytics(asked=asked, by=by, at=at)
    filters = _resolved(worked_out)
    return AnalyticsSnapshot.objects.create(
        name=name,
        kind=kind,
        label=found.period.label,
        starts_on=found.period.from_,
        ends_on=found.period.to,
        filters=filters,
        team_id=filters.get("teamId") if isinstance(filters.get("teamId"), int) else None,
        user_ids=_users(worked_out),
        figures=_kept(found),
        catalogue=found.catalogue,
        taken_at=at,
        taken_by_id=by.user_id,
    )


def take_monthly(*, at: datetime) -> int:
    """Keep the last month's figures, of the firm and of each team, where that was not done yet; how many were kept."""
    teams: list[int | None] = [None, *Team.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)]
    return sum(_monthly(team_id, at=at) for team_id in teams)


def _monthly(team_id: int | None, *, at: datetime) -> bool:
    asked = AnalyticsScope(period="last_month", team_id=team_id)
    first = question(asked, by=SYSTEM, at=at).span.starts_on
    monthly = AnalyticsSnapshot.objects.filter(kind=SnapshotKind.MONTHLY, starts_on=first)
    if monthly.filter(team_id=team_id).exists():
        return False
    try:
        with transaction.atomic():
            take(asked=asked, at=at, by=SYSTEM, kind=SnapshotKind.MONTHLY)
    except IntegrityError:  # another process was faster
        return False
    return True


def _kept(found: Analytics) -> dict[str, Any]:
    """Everything but links and words, which are the catalogue's."""
    figures = [
        each.model_dump(mode="json", by_alias=True, exclude=_LEFT_OUT, exclude_none=True) for each in found.figures
    ]
    return {
        "figures": figures,
        "reps": [each.model_dump(mode="json", by_alias=True, exclude=_COUNTS) for each in found.reps],
        "stages": [each.model_dump(mode="json", by_alias=True, exclude=_STAGES) for each in found.stages],
        "forecasts": [each.model_dump(mode="json", by_alias=True) for each in found.forecasts],
        "trend": [each.model_dump(mode="json", by_alias=True) for each in found.trend],
        "bucket": found.bucket,
        "pipeline": found.pipeline,
    }


def _resolved(worked_out: Question) -> dict[str, Any]:
    """Whose and which, so that it means the same to every reader: "me" and "team" become their numbers."""
    asked, by = worked_out.asked, worked_out.by
    owner: Any = by.user_id if asked.owner == "me" else asked.owner
    team: Any = asked.team_id
    if owner == "team":
        owner, team = "all", by.team_id if team is None else team
    found = {"owner": owner, "teamId": team, "segment": [str(each) for each in asked.segment]}
    return {name: value for name, value in found.items() if value not in ("all", None, [])}


def _users(worked_out: Question) -> list[int] | None:
    """Whose work the figures speak of, as far as whoever takes them sees it; none: of everybody."""
    owners, scope = worked_out.owners, scope_of(worked_out.by)
    if owners is None:
        return None if scope.is_all else sorted(scope.user_ids)
    named = [owner for owner in owners if owner is not None]
    return sorted(named) if None not in owners else None
