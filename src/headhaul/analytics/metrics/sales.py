"""Deals that are open, deals that were decided, and how long they took."""

from __future__ import annotations

from headhaul.analytics.metrics.definitions import Better, Metric, Unit, define

_DEALS = ("pipeline_opportunity",)
_PIPELINE, _WON = "Pipeline", "Winning"

define(
    Metric(
        key="openPipeline",
        name="Open pipeline",
        formula="Amounts of open deals whose close date lies in the period, without those left out of the forecast",
        unit=Unit.CENTS,
        better=Better.MORE,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="What could still be won in the period if every open deal closed at its amount. Deals without an amount"
        " add nothing.",
        group=_PIPELINE,
    ),
    Metric(
        key="coverage",
        name="Pipeline coverage",
        formula="Open pipeline ÷ (quota of the period − what is won in it); none without a quota or once it is reached",
        unit=Unit.TIMES,
        better=Better.MORE,
        tables=(*_DEALS, "pipeline_quota"),
        action="getAnalytics",
        owner="pipeline",
        help="How many times the open pipeline would fill what is missing to the quota. The quota is that of the"
        " person, team or firm the page is narrowed to, in the month, quarter or year it shows.",
        group=_PIPELINE,
    ),
    Metric(
        key="newDeals",
        name="New deals",
        formula="Deals that were opened in the period",
        unit=Unit.COUNT,
        better=Better.MORE,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="Deals by the day they were opened, whatever became of them since.",
        group=_PIPELINE,
    ),
    Metric(
        key="dealsWon",
        name="Deals won",
        formula="Deals that were closed as won in the period",
        unit=Unit.COUNT,
        better=Better.MORE,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="Deals by the day they were won.",
        group=_WON,
    ),
    Metric(
        key="wonAmount",
        name="Amount won",
        formula="Amounts of the deals won in the period",
        unit=Unit.CENTS,
        better=Better.MORE,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="What the won deals are worth together. A deal without an amount adds nothing.",
        group=_WON,
    ),
    Metric(
        key="winRate",
        name="Win rate",
        formula="Deals won ÷ (deals won + deals lost), of deals closed in the period",
        unit=Unit.PERCENT,
        better=Better.MORE,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="Of the deals that were decided, how many were won. The range is Wilson's at 95 %; there is no percentage"
        " from fewer deals than a report needs.",
        group=_WON,
    ),
    Metric(
        key="winRateByValue",
        name="Win rate by value",
        formula="Amounts won ÷ amounts won and lost, of deals closed in the period",
        unit=Unit.PERCENT,
        better=Better.MORE,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="Of the money that was decided, how much was won. A few large deals say less than many small ones: the"
        " range is as wide as that of (Σ amount)² ÷ Σ amount² deals of one size.",
        group=_WON,
    ),
    Metric(
        key="averageDeal",
        name="Average deal",
        formula="Amount won ÷ won deals that have an amount",
        unit=Unit.CENTS,
        better=Better.MORE,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="The mean amount of a won deal; won deals without an amount are left out.",
        group=_WON,
    ),
    Metric(
        key="cycle",
        name="Sales cycle",
        formula="Median days from opening to winning, of deals won in the period; quartiles beside it",
        unit=Unit.DAYS,
        better=Better.LESS,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="Half of the won deals took no longer than this. The range around the median is that of the order"
        " statistics between which the true median lies with 95 %.",
        group=_WON,
    ),
    Metric(
        key="velocity",
        name="Sales velocity",
        formula="Open deals × win rate × average deal ÷ median cycle in days; open deals are those at the end of the"
        " period, or now while it runs",
        unit=Unit.CENTS_A_DAY,
        better=Better.MORE,
        tables=_DEALS,
        action="getAnalytics",
        owner="pipeline",
        help="What the pipeline brings in a day if it goes on as it went. None before something was won.",
        group=_WON,
    ),
)
