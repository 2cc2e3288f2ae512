"""What can be done with alerts."""

from __future__ import annotations

from headhaul.activities import selectors
from headhaul.activities.schemas import AlertRow, AlertsPage, DismissAlert, GetAlerts
from headhaul.activities.services import alerts
from headhaul.kernel import Call, Role, action


@action("getAlerts", reply="alertsLoaded", role=Role.VIEWER)
def get_alerts(call: Call, data: GetAlerts) -> AlertsPage:
    """Alerts that nobody has dismissed, newest day first."""
    return selectors.open_alerts(asked=data, by=call.actor, at=call.at)


@action(
    "dismissAlert",
    reply="alertDismissed",
    role=Role.REP,
    writes=True,
    target=lambda given, answer: ("alert", str(given.alert_id)),
)
def dismiss_alert(call: Call, data: DismissAlert) -> AlertRow:
    """Take an alert off the list."""
    return selectors.row(alerts.dismiss(alert_id=data.alert_id, at=call.at, by=call.actor))
