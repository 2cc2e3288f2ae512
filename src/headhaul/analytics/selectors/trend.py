"""How a period went, day by day, week by week or month by month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from headhaul.analytics.schemas.figures import TrendPoint
from headhaul.analytics.selectors.scope import Question
from headhaul.analytics.selectors.turns import Sums, Turned
from headhaul.analytics.selectors.working import Done
from headhaul.kernel.days import monday_of, today
from headhaul.pipeline.selectors.periods import Span, add_months

Bucket = Literal["day", "week", "month"]
BY_DAY_UP_TO, BY_WEEK_UP_TO = timedelta(days=45), timedelta(days=400)


def bucket_of(span: Span) -> Bucket:
    """Days of a month, weeks of a quarter or year, months of what is longer."""
    length = span.ends_on - span.starts_on
    return "day" if length <= BY_DAY_UP_TO else "week" if length <= BY_WEEK_UP_TO else "month"


def starts_of(span: Span) -> list[date]:
    """The first days of all its stretches."""
    return [first for first, _ in _stretches(span.starts_on, span.last_day, bucket_of(span))]


def trend(question: Question, worked: Done, turned: Turned) -> list[TrendPoint]:
    """Every stretch up to today, also one in which nothing was."""
    span, nothing = question.span, Sums()
    last = min(span.last_day, today(question.at, span.zone))
    points = []
    for first, after in _stretches(span.starts_on, last, bucket_of(span)):
        decided = turned.stretches.get(first, nothing)
        points.append(
            TrendPoint(
                starts_on=first,
                ends_on=after - timedelta(days=1),
                new_deals=turned.opened.stretches[first],
                won=decided.won,
                lost=decided.lost,
                won_cents=decided.won_cents,
                touches=worked.stretches[first],
                new_accounts=turned.accounts.stretches[first],
            )
        )
    return points


def _stretches(first: date, last: date, bucket: Bucket) -> Iterator[tuple[date, date]]:
    day = monday_of(first) if bucket == "week" else first.replace(day=1) if bucket == "month" else first
    while day <= last:
        after = add_months(day, 1) if bucket == "month" else day + timedelta(days=7 if bucket == "week" else 1)
        yield day, after
        day = after
