"""How deals got from stage to stage, in short: the pipeline's own funnel, with the rows behind its two numbers."""

from __future__ import annotations

from headhaul.analytics.schemas.figures import KindCount, StageSummary
from headhaul.analytics.selectors import deals
from headhaul.analytics.selectors.scope import Question
from headhaul.analytics.selectors.telling import rows_of
from headhaul.outreach.selectors.reports.rates import rate
from headhaul.pipeline.selectors.conversions import Passed, funnel


def stages(question: Question) -> tuple[str, list[StageSummary]]:
    """The name of the pipeline, and its stages in order."""
    pipeline, found = funnel(asked=deals.cohort_of(question), by=question.by, at=question.at)
    return pipeline, [_stage(each, question) for each in found]


def _stage(found: Passed, question: Question) -> StageSummary:
    def counted(metric: str, count: int) -> KindCount:
        link = rows_of("getAnalyticsDeals", metric, question, stage=found.stage)
        return KindCount(metric=metric, count=count, link=link if count else None)

    share = rate(found.moved_forward, found.entered, enough=question.enough)
    return StageSummary(
        stage=found.stage,
        label=found.label,
        entered=counted("stageEntered", found.entered),
        moved_forward=counted("stageConversion", found.moved_forward),
        percent=share.percent,
        low=share.low,
        high=share.high,
        is_enough=share.is_enough,
        time_in_stage=found.time_in_stage,
    )
