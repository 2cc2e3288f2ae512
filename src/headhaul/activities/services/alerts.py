"""Raising and dismissing alerts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from headhaul.activities.choices import AlertKind, Severity
from headhaul.activities.models import Alert
from headhaul.activities.selectors.alerts import visible
from headhaul.activities.services import live
from headhaul.kernel import Actor, NotFound


@dataclass(frozen=True, slots=True)
class News:
    """What to say about a carrier."""

    kind: AlertKind
    severity: Severity
    dot_number: int
    text: str
    account_id: int | None = None
    owner_id: int | None = None


def raise_many(*, news: Iterable[News], day: date, at: datetime) -> int:
    """Say each thing once for the day: what was said before is left as it is. Returns how many were new."""
    before = Alert.objects.filter(day=day).count()
    Alert.objects.bulk_create(
        (
            Alert(
                kind=item.kind.value,
                severity=item.severity.value,
                dot_number=item.dot_number,
                day=day,
                text=item.text,
                account_id=item.account_id,
                owner_id=item.owner_id,
                created_at=at,
            )
            for item in news
        ),
        ignore_conflicts=True,
        batch_size=2_000,
    )
    return Alert.objects.filter(day=day).count() - before


def dismiss(*, alert_id: int, at: datetime, by: Actor) -> Alert:
    """Take an alert off everybody's list; one that is dismissed already stays so."""
    alert = _lock(alert_id, by=by)
    if alert.dismissed_at is None:
        alert.dismissed_at, alert.dismissed_by_id = at, by.user_id
        alert.save(update_fields=["dismissed_at", "dismissed_by"])
        live.publish("alerts", {"dismissed": alert.pk})
    return alert


def restore(*, alert_id: int, by: Actor) -> Alert:
    """Put a dismissed alert back; one that is on the list stays so."""
    alert = _lock(alert_id, by=by)
    if alert.dismissed_at is not None:
        alert.dismissed_at, alert.dismissed_by = None, None
        alert.save(update_fields=["dismissed_at", "dismissed_by"])
        live.publish("alerts", {"restored": alert.pk})
    return alert


def _lock(alert_id: int, *, by: Actor) -> Alert:
    alert = visible(by).select_for_update(of=("self",)).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound(f"There is no alert {alert_id}.")
    return alert
