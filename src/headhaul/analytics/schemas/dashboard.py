"""What the dashboard takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from headhaul.kernel import Payload, Result


class GetDashboardKpis(Payload):
    """How many days back to compare with."""

    range: Literal[7, 30, 90] = 7


class Link(Result):
    """The rows behind a number: the read action that lists them, and its filters."""

    action: str
    data: dict[str, str | int | float | bool]


class Kpi(Result):
    """A number. `previous` is the same number `range` days before; null when nobody knows it."""

    key: str
    label: str
    value: int
    previous: int | None
    as_of: datetime | None
    link: Link | None


class DashboardKpis(Result):
    """The dashboard's tiles, and the days of signals they compare."""

    range: int
    day: date | None
    compared_with: date | None
    items: list[Kpi]
