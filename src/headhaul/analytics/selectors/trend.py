"""How a period went, day by day, week by week or month by month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Literal

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.analytics.schemas.figures import TrendPoint
from headhaul.analytics.selectors import deals, working
from headhaul.analytics.selectors.scope import Question
from headhaul.kernel.days import monday_of, today
from headhaul.pipeline.selectors.periods import Span, add_months

Bucket = Literal["day", "week", "month"]
BY_DAY_UP_TO, BY_WEEK_UP_TO = timedelta(days=45), timedelta(days=400)
_OPENED = "select {stretch} as stretch, count(*) as new_deals from pipeline_opportunity d where {where} group by 1"
_DECIDED = """
select {stretch} as stretch, count(*) filter (where d.kind = 'won') as won,
       count(*) filter (where d.kind = 'lost') as lost,
       coalesce(sum(d.amount_cents) filter (where d.kind = 'won'), 0)::bigint as won_cents
from pipeline_opportunity d where {where} group by 1
"""
_ACCOUNTS = "select {stretch} as stretch, count(*) as new_accounts from accounts_account a where {where} group by 1"


def bucket_of(span: Span) -> Bucket:
    """Days of a month, weeks of a quarter or year, months of what is longer."""
    length = span.ends_on - span.starts_on
    return "day" if length <= BY_DAY_UP_TO else "week" if length <= BY_WEEK_UP_TO else "month"


def starts_of(span: Span) -> list[date]:
    """The first days of all its stretches."""
    return [first for first, _ in _stretches(span.starts_on, span.last_day, bucket_of(span))]


def trend(question: Question, worked: working.Done, *, starts: list[date]) -> list[TrendPoint]:
    """Every stretch up to today, also one in which nothing was."""
    span = question.span
    found: dict[date, dict[str, Any]] = {day: {"touches": n} for day, n in worked.stretches.items()}
    moments = working.beginnings(starts, question)
    for sql, column, narrowed in (
        (_OPENED, "d.opened_at", deals.counted("newDeals", question)),
        (_DECIDED, "d.closed_at", deals.counted("winRate", question)),
        (_ACCOUNTS, "a.created_at", working.counted_accounts(question)),
    ):
        for row in _rows(sql, column, narrowed, moments):
            found.setdefault(starts[row.pop("stretch") - 1], {}).update(row)
    last = min(span.last_day, today(question.at, span.zone))
    return [
        TrendPoint(starts_on=first, ends_on=after - timedelta(days=1), **found.get(first, {}))
        for first, after in _stretches(span.starts_on, last, bucket_of(span))
    ]


def _rows(sql: str, column: str, narrowed: Conditions, moments: list[datetime]) -> list[dict[str, Any]]:
    return fetch(sql.format(stretch=working.numbered(column), where=narrowed.where), [moments, *narrowed.parameters])


def _stretches(first: date, last: date, bucket: Bucket) -> Iterator[tuple[date, date]]:
    day = monday_of(first) if bucket == "week" else first.replace(day=1) if bucket == "month" else first
    while day <= last:
        after = add_months(day, 1) if bucket == "month" else day + timedelta(days=7 if bucket == "week" else 1)
        yield day, after
        day = after
