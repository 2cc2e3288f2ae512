"""What the velocity of activities takes and gives."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from headhaul.activities.schemas.common import Id, Zone
from headhaul.kernel import Payload, Result


class GetActivityVelocity(Payload):
    """Whose touches: an account's, a colleague's or a team's; one's own when nobody is named."""

    account_id: Id | None = None
    owner_id: Id | None = None
    team_id: Id | None = None
    weeks: int = Field(default=8, ge=2, le=53)
    timezone: Zone = ""


class VelocityWeek(Result):
    """One ISO week, Monday to Sunday."""

    starts_on: date
    iso_week: str
    touches: int
    by_type: dict[str, int]
    is_partial: bool


class VelocityTrend(Result):
    """The last whole week against the mean of the whole weeks before it. `n` is how many touches that rests on."""

    last_week: int
    mean_before: float
    change: float
    change_percent: float | None = Field(description="None under 30 touches: too few for a percentage.")
    slope: float = Field(description="Touches a week more or less with every week, fitted over all whole weeks.")
    direction: str
    n: int
    weeks: int


class ActivityVelocity(Result):
    """Touches a week: calls, e-mails, texts and meetings, in both directions."""

    weeks: list[VelocityWeek]
    total: int
    per_week: float
    trend: VelocityTrend | None = Field(description="None until there are two whole weeks.")
    timezone: str
