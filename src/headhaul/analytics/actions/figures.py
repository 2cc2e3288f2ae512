"""The figures of the analytics, and the rows behind them."""

from __future__ import annotations

from headhaul.analytics.schemas.figures import Analytics, GetAnalytics
from headhaul.analytics.schemas.rows import (
    AnalyticsAccounts,
    AnalyticsActivities,
    AnalyticsDeals,
    GetAnalyticsAccounts,
    GetAnalyticsActivities,
    GetAnalyticsDeals,
)
from headhaul.analytics.selectors import analytics, rows
from headhaul.kernel import Call, Role, action


@action("getAnalytics", reply="analyticsLoaded", role=Role.VIEWER)
def get_analytics(call: Call, data: GetAnalytics) -> Analytics:
    """The figures of a month, quarter, year or any days, beside those of the days before: pipeline, winning, forecast.

    And who did what, how deals moved through the stages, and how it all went day by day. Every number is defined in
    the catalogue of metrics, carries its interval where it is a rate or a median, and links to the rows behind it.
    """
    return analytics.analytics(asked=data, by=call.actor, at=call.at)


@action("getAnalyticsDeals", reply="analyticsDealsLoaded", role=Role.VIEWER)
def get_analytics_deals(call: Call, data: GetAnalyticsDeals) -> AnalyticsDeals:
    """The deals behind a figure of getAnalytics, largest first."""
    return rows.deals_behind(asked=data, by=call.actor, at=call.at)


@action("getAnalyticsActivities", reply="analyticsActivitiesLoaded", role=Role.VIEWER)
def get_analytics_activities(call: Call, data: GetAnalyticsActivities) -> AnalyticsActivities:
    """The activities behind a figure of getAnalytics, newest first."""
    return rows.activities_behind(asked=data, by=call.actor, at=call.at)


@action("getAnalyticsAccounts", reply="analyticsAccountsLoaded", role=Role.VIEWER)
def get_analytics_accounts(call: Call, data: GetAnalyticsAccounts) -> AnalyticsAccounts:
    """The accounts behind a figure of getAnalytics, newest first."""
    return rows.accounts_behind(asked=data, by=call.actor, at=call.at)
