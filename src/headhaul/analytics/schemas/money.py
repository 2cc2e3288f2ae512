"""What every report about money is asked with: some days, and whose deals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from headhaul.carriers.choices import Segment
from headhaul.kernel import Result
from headhaul.kernel.days import Day
from headhaul.pipeline.schemas.periods import DealScope, Id

__all__ = ["Cents", "Id", "Key", "MoneyScope", "Range", "Share", "Words"]

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Key = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Cents = Annotated[int, Field(ge=0, le=10**15, description="In cents")]


class MoneyScope(DealScope):
    """Days of the firm's zone, and whose deals: by owner, team, pipeline and the carrier's fleet size class."""

    from_: Day = Field(default="-364d", alias="from")
    to: Day = "today"
    segment: Segment | None = None


class Range(Result):
    """The days that were asked for, in the firm's zone, and what the answer leans on."""

    from_: date = Field(alias="from")
    to: date
    timezone: str
    as_of: datetime
    enough: int = Field(description="Percentages are given from this n on")


class Share(Result):
    """`part` of `n` with Wilson's 95 % interval; a percentage only where n is large enough."""

    part: int
    n: int
    percent: float | None
    low: float | None
    high: float | None
    is_enough: bool
