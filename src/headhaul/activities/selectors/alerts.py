"""Reading alerts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from headhaul.accounts.visibility import scope_of
from headhaul.activities.models import Alert
from headhaul.activities.schemas.alerts import AlertRow, AlertsPage, GetAlerts
from headhaul.kernel import Actor
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor


def row(alert: Alert) -> AlertRow:
    """An alert as lists show it."""
    return AlertRow.model_validate(alert, from_attributes=True)


def visible(by: Actor) -> QuerySet[Alert]:
    """Alerts of accounts that this actor sees, and of carriers without an account."""
    scope = scope_of(by)
    if scope.is_all:
        return Alert.objects.all()
    return Alert.objects.filter(Q(account__isnull=True) | scope.query("account__"))


def open_alerts(*, asked: GetAlerts, by: Actor, at: datetime) -> AlertsPage:
    """What nobody dismissed in the range, newest day first."""
    alerts = visible(by).filter(dismissed_at=None, day__gt=at.date() - timedelta(days=asked.range))
    if asked.mine:
        alerts = alerts.filter(Q(owner_id=by.user_id) | Q(owner=None))
    if asked.kind:
        alerts = alerts.filter(kind=asked.kind)
    total = None if asked.cursor else alerts.values("pk")[: COUNT_LIMIT + 1].count()
    if asked.cursor:
        day, key = decode_cursor(asked.cursor, sort="newest", types=(date, int))
        alerts = alerts.filter(Q(day__lt=day) | Q(day=day, pk__lt=key))
    found = list(alerts.order_by("-day", "-pk")[: asked.limit + 1])
    shown = found[: asked.limit]
    return AlertsPage(
        items=[row(alert) for alert in shown],
        next_cursor=encode_cursor("newest", [shown[-1].day, shown[-1].pk]) if len(found) > len(shown) else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
    )
