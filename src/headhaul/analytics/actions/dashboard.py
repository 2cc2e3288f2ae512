"""The numbers of the dashboard."""

from __future__ import annotations

from headhaul.analytics.schemas.dashboard import DashboardKpis, GetDashboardKpis
from headhaul.analytics.selectors import dashboard
from headhaul.carriers.selectors.bar import Bar
from headhaul.kernel import Call, Role, action


@action("getDashboardKPIs", reply="dashboardKPIsLoaded", role=Role.VIEWER)
def get_dashboard_kpis(call: Call, data: GetDashboardKpis) -> DashboardKpis:
    """The dashboard's numbers, each with its former value, its time, and the list behind it."""
    return dashboard.kpis(days=data.range, bar=Bar.current(), at=call.at, by=call.actor)
