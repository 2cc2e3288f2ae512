"""The open pipeline of a period, and how often it would fill what is missing to the quota."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.analytics.schemas.figures import Figure
from headhaul.analytics.selectors import deals
from headhaul.analytics.selectors.scope import Question
from headhaul.analytics.selectors.telling import figure, rows_of
from headhaul.pipeline.schemas.forecast import ForecastRow, GetForecast
from headhaul.pipeline.selectors import forecast, forecast_rows
from headhaul.pipeline.selectors.periods import PeriodSpan, Span

NEAR = timedelta(days=7)  # a snapshot so much older still speaks for a day
_OPEN = """
select count(*) as n, coalesce(sum(d.amount_cents), 0)::bigint as cents from pipeline_opportunity d where {where}
"""
_OPEN_THEN = """
select coalesce(sum(d.amount_cents), 0)::bigint as cents from pipeline_opportunitysnapshot d
where d.day = %s and d.category <> 'omitted' and d.close_on >= %s and d.close_on < %s and {where}
"""
_LATEST = "select max(day) as day from pipeline_opportunitysnapshot where day <= %s and day > %s"


def figures(question: Question, *, won_before: int) -> Iterator[Figure]:
    """Open pipeline and coverage, beside those of the same day of the period before, where a snapshot tells them."""
    narrowed = deals.counted("openPipeline", question)
    [row] = fetch(_OPEN.format(where=narrowed.where), narrowed.parameters)
    before = None if question.is_over else open_on(question, question.before)
    link = rows_of("getAnalyticsDeals", "openPipeline", question)
    said = "still open, though the period is over" if question.is_over and row["n"] else ""
    yield figure("openPipeline", row["cents"], n=row["n"], before=before, link=link, note=said)
    yield _coverage(question, row, before, won_before)


def latest_snapshot(day: date) -> date | None:
    """The day of the last nightly snapshot that still speaks for a day."""
    found: date | None = fetch(_LATEST, [day, day - NEAR])[0]["day"]
    return found


def open_on(question: Question, span: Span) -> int | None:
    """What was open on the last day of a span and was to close in its whole period, as the night wrote it down."""
    taken = latest_snapshot(span.last_day)
    if taken is None:
        return None
    whole = question.span.moved(-1) if isinstance(question.span, PeriodSpan) else span
    narrowed = question.narrowed()
    bounds = [taken, whole.starts_on, whole.ends_on]
    return int(fetch(_OPEN_THEN.format(where=narrowed.where), [*bounds, *narrowed.parameters])[0]["cents"])


def _coverage(question: Question, row: dict[str, Any], before: int | None, won_before: int) -> Figure:
    link = rows_of("getAnalyticsDeals", "coverage", question)
    if question.asked.segment or not isinstance(question.span, PeriodSpan):
        of = "a size of fleet" if question.asked.segment else "such days"
        return figure("coverage", None, n=row["n"], link=link, missing=f"There are no quotas for {of}.")
    if question.is_over:
        return figure("coverage", None, n=row["n"], link=link, missing="The period is over.")
    total = quota_of(question, question.span)
    then = quota_of(question, question.span.moved(-1)).quota_cents if before is not None else None
    former = before / (then - won_before) if before is not None and then is not None and then > won_before else None
    if total.quota_cents is None:
        missing = "No quota is set for this period."
    elif total.coverage is None:
        missing = "The quota is reached."
    else:
        missing = ""
    value = row["cents"] / total.gap_cents if total.gap_cents and total.gap_cents > 0 else None
    note = f"of ${(total.gap_cents or 0) / 100:,.0f} missing to the quota" if value is not None else ""
    return figure("coverage", value, n=row["n"], before=former, link=link, missing=missing, note=note)


def quota_of(question: Question, span: PeriodSpan) -> ForecastRow:
    """What the forecast says in total, the quota of whoever is asked about among it."""
    whose = question.whose
    asked = GetForecast(period=span.kind, starts_on=span.starts_on, owner=whose.owner, team_id=whose.team_id)
    worked_out = forecast.question(asked=asked, by=question.by, at=question.at)
    return forecast_rows.Board(worked_out, forecast.by_owner(worked_out)).total
