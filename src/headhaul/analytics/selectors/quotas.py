"""The open pipeline of a period, and how often it would fill what is missing to the quota."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from headhaul.accounts.selectors.pages import fetch
from headhaul.analytics.schemas.figures import Figure
from headhaul.analytics.selectors.scope import Question
from headhaul.analytics.selectors.telling import figure, rows_of
from headhaul.pipeline.schemas.forecast import GetForecast
from headhaul.pipeline.selectors import forecast, forecast_rows
from headhaul.pipeline.selectors.periods import PeriodSpan, Span

NEAR = timedelta(days=7)  # a snapshot so much older still speaks for a day
_OPEN_THEN = """
select coalesce(sum(d.amount_cents), 0)::bigint as cents from pipeline_opportunitysnapshot d
where d.day = %s and d.category <> 'omitted' and d.close_on >= %s and d.close_on < %s and {where}
"""
_LATEST = "select max(day) as day from pipeline_opportunitysnapshot where day <= %s and day > %s"


def figures(question: Question, *, closing: tuple[int, int], won: int, won_before: int) -> Iterator[Figure]:
    """Open pipeline and coverage, beside those of the same day of the period before, where a snapshot tells them.

    `closing` are the open deals that are to close in the period, and their cents; `won` are cents.
    """
    n, cents = closing
    before = None if question.is_over else open_on(question, question.before)
    link = rows_of("getAnalyticsDeals", "openPipeline", question)
    said = "still open, though the period is over" if question.is_over and n else ""
    yield figure("openPipeline", cents, n=n, before=before, link=link, note=said)
    yield _coverage(question, closing, won, before, won_before)


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


def _coverage(question: Question, closing: tuple[int, int], won: int, before: int | None, won_before: int) -> Figure:
    n, cents = closing
    link = rows_of("getAnalyticsDeals", "coverage", question)
    if question.asked.segment or not isinstance(question.span, PeriodSpan):
        of = "a size of fleet" if question.asked.segment else "such days"
        return figure("coverage", None, n=n, link=link, missing=f"There are no quotas for {of}.")
    if question.is_over:
        return figure("coverage", None, n=n, link=link, missing="The period is over.")
    quota = quota_of(question, question.span)
    then = quota_of(question, question.span.moved(-1)) if before is not None else None
    former = before / (then - won_before) if before is not None and then is not None and then > won_before else None
    gap = None if quota is None else quota - won
    missing = "No quota is set for this period." if gap is None else "" if gap > 0 else "The quota is reached."
    value = cents / gap if gap is not None and gap > 0 else None
    note = f"of ${(gap or 0) / 100:,.0f} missing to the quota" if value is not None else ""
    return figure("coverage", value, n=n, before=former, link=link, missing=missing, note=note)


def quota_of(question: Question, span: PeriodSpan) -> int | None:
    """The quota, in cents, that the forecast holds against the total of whoever is asked about."""
    whose = question.whose
    asked = GetForecast(period=span.kind, starts_on=span.starts_on, owner=whose.owner, team_id=whose.team_id)
    worked_out = forecast.question(asked=asked, by=question.by, at=question.at)
    return forecast_rows.Board(worked_out, []).total.quota_cents
