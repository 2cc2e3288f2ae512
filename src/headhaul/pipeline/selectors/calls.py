"""The calls that stand for a period: the latest of each kind on each person, team and the firm."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.pipeline.choices import SubmissionKind
from headhaul.pipeline.schemas.forecast import ForecastCall
from headhaul.pipeline.selectors.periods import PeriodSpan

Subject = tuple[str, int | None]  # ("user", 7), ("team", 3) or ("firm", None)

_LATEST = """
select distinct on (c.kind, c.user_id, c.team_id)
       c.kind, c.user_id, c.team_id, c.id, c.commit_cents, c.best_case_cents, c.note, c.submitted_at,
       coalesce(nullif(b.name, ''), b.email, 'Headhaul') as submitted_by
from pipeline_forecastsubmission c left join security_user b on b.id = c.submitted_by_id
where c.period = %s and c.starts_on = %s and c.submitted_at <= %s
order by c.kind, c.user_id, c.team_id, c.id desc
"""


def subject_of(row: dict[str, Any]) -> Subject:
    """Whom a quota or call is about."""
    if row["user_id"] is not None:
        return "user", row["user_id"]
    return ("team", row["team_id"]) if row["team_id"] is not None else ("firm", None)


def standing(span: PeriodSpan, *, moment: datetime) -> dict[tuple[SubmissionKind, Subject], ForecastCall]:
    """The calls that stood at a moment."""
    rows = fetch(_LATEST, [span.kind.value, span.starts_on, moment])
    return {(SubmissionKind(row["kind"]), subject_of(row)): ForecastCall(**row) for row in rows}
