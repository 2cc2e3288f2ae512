"""Everything getAnalytics says, from one question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from headhaul.analytics.metrics import catalogue, version_of
from headhaul.analytics.schemas.figures import Analytics, AnalyticsScope, Figure
from headhaul.analytics.selectors import forecasting, sales, stages, trend, turns, working
from headhaul.analytics.selectors.scope import Question, days_of, question
from headhaul.kernel import Actor

MORE: tuple[Callable[[Question], Iterator[Figure]], ...] = ()
"""Further figures, each a function of the question: what joins the panel is added here."""


def analytics(*, asked: AnalyticsScope, by: Actor, at: datetime) -> Analytics:
    """All figures of a period, its trend, people, stages and forecasts."""
    worked_out = question(asked, by=by, at=at)
    starts = trend.starts_of(worked_out.span)
    worked, turned = working.done(worked_out, starts=starts), turns.turned(worked_out, starts=starts)
    forecasts = forecasting.judged(worked_out)
    pipeline, funnel = stages.stages(worked_out)
    figures = [*sales.figures(worked_out, turned), *forecasting.figures(worked_out, forecasts)]
    figures += working.figures(worked_out, worked, turned.accounts)
    for more in MORE:
        figures += more(worked_out)
    return Analytics(
        period=worked_out.shown(),
        compared_with=days_of(worked_out.before),
        catalogue=version_of(catalogue().values()),
        figures=figures,
        trend=trend.trend(worked_out, worked, turned),
        bucket=trend.bucket_of(worked_out.span),
        reps=working.people(worked_out, worked),
        stages=funnel,
        pipeline=pipeline,
        forecasts=forecasts,
    )
