"""What can be asked about the business."""

from __future__ import annotations

from headhaul.analytics import selectors
from headhaul.analytics.schemas import DashboardKpis, GetDashboardKpis
from headhaul.carriers.selectors.bar import Bar
from headhaul.kernel import Call, Role, action


@action("getDashboardKPIs", reply="dashboardKPIsLoaded", role=Role.VIEWER)
def get_dashboard_kpis(call: Call, data: GetDashboardKpis) -> DashboardKpis:
    """The dashboard's numbers, each with its former value, its time, and the list behind it."""
    return selectors.kpis(days=data.range, bar=Bar.current(), at=call.at, by=call.actor)
