"""Which period, whose deals: what every report of the pipeline is asked with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from headhaul.kernel import Payload, Result
from headhaul.pipeline.choices import Period

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2199, 12, 31), examples=["2026-11-18"])]
Cents = Annotated[int, Field(ge=0, le=10**15)]


def _in_our_time(moment: datetime) -> datetime:
    if not 1990 <= moment.year <= 2199:
        raise ValueError("a moment between the years 1990 and 2199")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time), Field(examples=["2026-11-18T12:00:00Z"])]


class PeriodChoice(Payload):
    """A month, quarter or year: the one with the day `startsOn` in it, or `offset` periods from the current one."""

    period: Period | None = Field(default=None, description="Left out: as the settings say")
    starts_on: Day | None = Field(default=None, description="Any day of the period")
    offset: Annotated[int, Field(ge=-400, le=400)] | None = Field(default=None, description="-1: the one before")


class DealScope(Payload):
    """Whose deals: one's own, one's team's, everybody's, nobody's, or a user's; narrowed to a team's members."""

    owner: Literal["me", "team", "all", "none"] | Id = Field(default="all", description="or a user's id")
    team_id: Literal["none"] | Id | None = Field(default=None, description="A team; none: whoever is in no team")
    pipeline_id: Id | None = None


class PeriodShown(Result):
    """A period by its first and last day."""

    period: Period
    starts_on: date
    ends_on: date
    label: str
    timezone: str
    is_over: bool
    previous: date
    next: date


class Link(Result):
    """The rows behind a number: an action and what to ask it."""

    action: str
    data: dict[str, Any]
