"""What the activities' actions take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from headhaul.activities.choices import AlertKind, Severity
from headhaul.kernel import Page, Paged, Payload, Result


class GetAlerts(Page):
    """A page of alerts that nobody dismissed, newest day first. `mine` leaves out what others own."""

    mine: bool = False
    kind: AlertKind | None = None
    range: Literal[7, 30, 90] = 30


class AlertRow(Result):
    """An alert as lists show it."""

    id: int
    kind: AlertKind
    severity: Severity
    dot_number: int
    account_id: int | None
    owner_id: int | None
    text: str
    day: date
    created_at: datetime
    dismissed_at: datetime | None


class AlertsPage(Paged[AlertRow]):
    """A page of alerts."""


class DismissAlert(Payload):
    """The alert to take off the list."""

    alert_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
