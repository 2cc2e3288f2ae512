"""What can be done with alerts."""

from __future__ import annotations

from headhaul.activities.schemas.alerts import AlertRow, AlertsPage, DismissAlert, GetAlerts
from headhaul.activities.selectors import alerts as selectors
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
    undo="restoreAlert",
)
def dismiss_alert(call: Call, data: DismissAlert) -> AlertRow:
    """Take an alert off the list."""
    alert = alerts.dismiss(alert_id=data.alert_id, at=call.at, by=call.actor)
    call.undo_with("restoreAlert", {"alertId": alert.pk})
    return selectors.row(alert)


@action(
    "restoreAlert",
    reply="alertRestored",
    role=Role.REP,
    writes=True,
    target=lambda given, answer: ("alert", str(given.alert_id)),
    undo="dismissAlert",
)
def restore_alert(call: Call, data: DismissAlert) -> AlertRow:
    """Put a dismissed alert back on the list."""
    alert = alerts.restore(alert_id=data.alert_id, by=call.actor)
    call.undo_with("dismissAlert", {"alertId": alert.pk})
    return selectors.row(alert)
