"""Figures of deals: what is open, what was decided, how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.analytics.schemas.figures import Figure
from headhaul.analytics.selectors import deals, quotas
from headhaul.analytics.selectors.scope import Question
from headhaul.analytics.selectors.telling import figure, rows_of
from headhaul.analytics.selectors.turns import Sums, Turned
from headhaul.kernel import medians
from headhaul.outreach.selectors.reports.rates import rate
from headhaul.pipeline.selectors.periods import Span
from headhaul.pipeline.selectors.rates import share_by_value

_LENGTHS = """
select percentile_cont(array[0.25, 0.5, 0.75]) within group (order by d.days) as quartiles,
       percentile_disc(%s::float8[]) within group (order by d.days) as bounds
from (
    select extract(epoch from d.closed_at - d.opened_at)::float8 / 86400 as days
    from pipeline_opportunity d where {where}
) d
"""
_NONE: dict[str, Any] = {"quartiles": None, "bounds": None}
TOO_FEW = "Fewer than {enough} deals were decided: too few for a percentage."


@dataclass(frozen=True, slots=True)
class Decided:
    """The deals that were won and lost in a span: their sums, and the days from opening to winning."""

    sums: Sums
    quartiles: list[float] | None
    bounds: list[float] | None

    @property
    def average(self) -> float | None:
        """The mean amount of a won deal."""
        return self.sums.won_cents / self.sums.won_with_amount if self.sums.won_with_amount else None

    @property
    def median(self) -> float | None:
        """The median of the days from opening to winning."""
        return self.quartiles[1] if self.quartiles else None


def figures(question: Question, turned: Turned) -> Iterator[Figure]:
    """All of them, in the order of a page."""
    now = decided(question, question.span, turned.decided)
    before = decided(question, question.before, turned.decided_before)
    closing, (open_now, open_before) = deals.closing(question), deals.open_at_the_ends(question)
    won, won_before, opened = now.sums, before.sums, turned.opened
    yield from quotas.figures(question, closing=closing, won=won.won_cents, won_before=won_before.won_cents)
    yield _of_deals("newDeals", opened.total, question, n=opened.total, before=opened.before)
    yield _of_deals("wonAmount", won.won_cents, question, n=won.won, before=won_before.won_cents)
    yield _of_deals("dealsWon", won.won, question, n=won.won, before=won_before.won)
    yield _win_rate(won, won_before, question)
    yield _win_rate_by_value(won, won_before, question)
    yield _of_deals(
        "averageDeal",
        now.average,
        question,
        n=won.won_with_amount,
        before=before.average,
        missing="" if now.average is not None else "No deal with an amount was won in these days.",
    )
    yield _cycle(now, before, question)
    yield _velocity((now, open_now), (before, open_before), question)


def decided(question: Question, span: Span, sums: Sums) -> Decided:
    """Won and lost in a span, of which the sums are known."""
    places = medians.ranks(sums.won)
    positions = [(place - 0.5) / sums.won for place in places] if places else []
    narrowed = deals.counted("cycle", question, span=span)
    [row] = fetch(_LENGTHS.format(where=narrowed.where), [positions, *narrowed.parameters]) if sums.won else [_NONE]
    return Decided(sums, row["quartiles"], row["bounds"] or None)


def _of_deals(key: str, value: float | None, question: Question, *, n: int, **more: Any) -> Figure:
    return figure(key, value, n=n, link=rows_of("getAnalyticsDeals", key, question), **more)


def _win_rate(now: Sums, before: Sums, question: Question) -> Figure:
    enough, n = question.enough, now.won + now.lost
    share, former = rate(now.won, n, enough=enough), rate(before.won, before.won + before.lost, enough=enough)
    return _of_deals(
        "winRate",
        share.percent,
        question,
        n=n,
        before=former.percent,
        part=now.won,
        low=share.low,
        high=share.high,
        is_enough=share.is_enough,
        missing="" if share.is_enough else TOO_FEW.format(enough=enough),
    )


def _win_rate_by_value(now: Sums, before: Sums, question: Question) -> Figure:
    def said(sums: Sums) -> Any:
        return share_by_value(sums.won_cents, sums.lost_cents, float(sums.squares), n=sums.with_amount)

    share, former, is_enough = said(now), said(before), now.with_amount >= question.enough
    return _of_deals(
        "winRateByValue",
        share.percent if is_enough else None,
        question,
        n=now.with_amount,
        before=former.percent if before.with_amount >= question.enough else None,
        low=share.low,
        high=share.high,
        is_enough=is_enough and share.percent is not None,
        missing="" if is_enough else TOO_FEW.format(enough=question.enough).replace("deals", "deals with an amount"),
    )


def _cycle(now: Decided, before: Decided, question: Question) -> Figure:
    quartiles = now.quartiles
    low, high = (round(days, 2) for days in now.bounds) if now.bounds else (None, None)
    return _of_deals(
        "cycle",
        now.median,
        question,
        n=now.sums.won,
        before=before.median,
        low=low,
        high=high,
        lower_quartile=round(quartiles[0], 2) if quartiles else None,
        upper_quartile=round(quartiles[2], 2) if quartiles else None,
        missing="" if quartiles else "No deal was won in these days.",
    )


def _velocity(now: tuple[Decided, int], before: tuple[Decided, int], question: Question) -> Figure:
    value, missing = _speed(*now, question)
    return _of_deals(
        "velocity",
        value,
        question,
        n=now[1],
        before=_speed(*before, question)[0],
        digits=0,
        is_enough=value is not None,
        missing=missing,
    )


def _speed(found: Decided, open_deals: int, question: Question) -> tuple[float | None, str]:
    n = found.sums.won + found.sums.lost
    if n < question.enough:
        return None, TOO_FEW.format(enough=question.enough).replace("a percentage", "the win rate it rests on")
    if found.average is None or not found.median:
        return None, "No deal with an amount was won in these days."
    return open_deals * found.sums.won / n * found.average / found.median, ""
