"""A number with its definition, its interval, what it was before, and the rows behind it."""

from __future__ import annotations

from typing import Any, Literal

from headhaul.analytics.metrics import Unit, metric
from headhaul.analytics.schemas.dashboard import Link
from headhaul.analytics.schemas.figures import Figure
from headhaul.analytics.selectors.scope import Question

Direction = Literal["up", "down", "same", "unknown"]


def figure(
    key: str,
    value: float | None,
    *,
    n: int,
    before: float | None = None,
    link: Link | None = None,
    digits: int = 2,
    **more: Any,
) -> Figure:
    """The figure of a metric. Changes of percentages are in points; others also as a share of what was before."""
    known = metric(key)
    value, before = _rounded(value, digits), _rounded(before, digits)
    change = None if value is None or before is None else round(value - before, digits)
    relative = None
    if change is not None and before and known.unit is not Unit.PERCENT:
        relative = round(100 * change / before, 1)
    return Figure(
        key=key,
        name=known.name,
        group=known.group,
        unit=known.unit,
        better=known.better,
        help=known.help,
        formula=known.formula,
        version=known.version,
        value=value,
        n=n,
        previous=before,
        change=change,
        change_percent=relative,
        direction=direction(change),
        verdict=known.better.verdict(change or 0),
        link=link if n else None,
        **more,
    )


def direction(change: float | None) -> Direction:
    """In which way a number went."""
    return "unknown" if change is None else "up" if change > 0 else "down" if change < 0 else "same"


def rows_of(action: str, key: str, question: Question, **more: Any) -> Link:
    """The link to the rows behind a metric, with the filters of the question."""
    return Link(action=action, data=question.wire | {"metric": key} | more)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)
