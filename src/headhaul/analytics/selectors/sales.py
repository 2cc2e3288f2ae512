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
from headhaul.kernel import medians
from headhaul.outreach.selectors.reports.rates import rate
from headhaul.pipeline.selectors.periods import Span
from headhaul.pipeline.selectors.rates import share_by_value

_DAYS = "extract(epoch from d.closed_at - d.opened_at)::float8 / 86400"
_DECIDED = f"""
select count(*) filter (where d.kind = 'won') as won, count(*) filter (where d.kind = 'lost') as lost,
       coalesce(sum(d.amount_cents) filter (where d.kind = 'won'), 0)::bigint as won_cents,
       coalesce(sum(d.amount_cents) filter (where d.kind = 'lost'), 0)::bigint as lost_cents,
       coalesce(sum(d.amount_cents::numeric ^ 2), 0)::float8 as squares,
       count(d.amount_cents) filter (where d.kind = 'won') as won_with_amount, count(d.amount_cents) as with_amount,
       percentile_cont(array[0.25, 0.5, 0.75]) within group (order by {_DAYS})
           filter (where d.kind = 'won') as quartiles
from pipeline_opportunity d where {{where}}
"""
_AT_RANKS = f"""
select percentile_disc(%s::float8[]) within group (order by {_DAYS}) as bounds
from pipeline_opportunity d where {{where}}
"""
TOO_FEW = "Fewer than {enough} deals were decided: too few for a percentage."


@dataclass(frozen=True, slots=True)
class Decided:
    """The deals that were won and lost in a span, added up."""

    won: int
    lost: int
    won_cents: int
    lost_cents: int
    squares: float
    won_with_amount: int
    with_amount: int
    quartiles: list[float] | None

    @property
    def average(self) -> float | None:
        """The mean amount of a won deal."""
        return self.won_cents / self.won_with_amount if self.won_with_amount else None

    @property
    def median(self) -> float | None:
        """The median of the days from opening to winning."""
        return self.quartiles[1] if self.quartiles else None


def figures(question: Question) -> Iterator[Figure]:
    """All of them, in the order of a page."""
    now, before = decided(question, question.span), decided(question, question.before)
    days, former = question.span, question.before
    closing, (opened, _), (opened_before, _), (open_now, _), (open_before, _) = deals.sums(
        question,
        ("openPipeline", days),
        ("newDeals", days), ("newDeals", former),
        ("velocity", days), ("velocity", former),
    )  # fmt: skip
    yield from quotas.figures(question, closing=closing, won=now.won_cents, won_before=before.won_cents)
    yield _of_deals("newDeals", opened, question, n=opened, before=opened_before)
    yield _of_deals("wonAmount", now.won_cents, question, n=now.won, before=before.won_cents)
    yield _of_deals("dealsWon", now.won, question, n=now.won, before=before.won)
    yield _win_rate(now, before, question)
    yield _win_rate_by_value(now, before, question)
    yield _of_deals(
        "averageDeal",
        now.average,
        question,
        n=now.won_with_amount,
        before=before.average,
        missing="" if now.average is not None else "No deal with an amount was won in these days.",
    )
    yield _cycle(now, before, question)
    yield _velocity((now, open_now), (before, open_before), question)


def decided(question: Question, span: Span) -> Decided:
    """Won and lost in a span."""
    narrowed = deals.counted("winRate", question, span=span)
    return Decided(**fetch(_DECIDED.format(where=narrowed.where), narrowed.parameters)[0])


def _of_deals(key: str, value: float | None, question: Question, *, n: int, **more: Any) -> Figure:
    return figure(key, value, n=n, link=rows_of("getAnalyticsDeals", key, question), **more)


def _win_rate(now: Decided, before: Decided, question: Question) -> Figure:
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


def _win_rate_by_value(now: Decided, before: Decided, question: Question) -> Figure:
    def said(sums: Decided) -> Any:
        return share_by_value(sums.won_cents, sums.lost_cents, sums.squares, n=sums.with_amount)

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
    quartiles, low, high = now.quartiles, None, None
    places = medians.ranks(now.won)
    if places:
        narrowed = deals.counted("cycle", question)
        positions = [(place - 0.5) / now.won for place in places]
        sql = _AT_RANKS.format(where=narrowed.where)
        low, high = (round(days, 2) for days in fetch(sql, [positions, *narrowed.parameters])[0]["bounds"])
    return _of_deals(
        "cycle",
        now.median,
        question,
        n=now.won,
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


def _speed(sums: Decided, open_deals: int, question: Question) -> tuple[float | None, str]:
    n = sums.won + sums.lost
    if n < question.enough:
        return None, TOO_FEW.format(enough=question.enough).replace("a percentage", "the win rate it rests on")
    if sums.average is None or not sums.median:
        return None, "No deal with an amount was won in these days."
    return open_deals * sums.won / n * sums.average / sums.median, ""
