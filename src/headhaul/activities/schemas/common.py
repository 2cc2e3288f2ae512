"""Words that several of this room's schemas use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, NoReturn

from pydantic import AfterValidator, Field, StringConstraints

from headhaul.kernel import Result
from headhaul.kernel.days import zone_named

LONGEST_BODY = 20_000
LONGEST_SUBJECT = 300
EARLIEST_YEAR, LATEST_YEAR = 1970, 2199

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Subject = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=LONGEST_SUBJECT, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")
]
Body = Annotated[str, StringConstraints(max_length=LONGEST_BODY, pattern=r"^[^\x00]*$")]
Seconds = Annotated[int, Field(ge=0, le=86_400)]


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, for example 2026-11-18T12:00:00Z")
    return value if _in_reach(value) else _refuse()


def _day(value: date) -> date:
    return value if _in_reach(value) else _refuse()


def _in_reach(value: date) -> bool:
    return EARLIEST_YEAR <= value.year <= LATEST_YEAR


def _refuse() -> NoReturn:
    raise ValueError(f"lies outside of the years {EARLIEST_YEAR} to {LATEST_YEAR}")


def _zone(value: str) -> str:
    if value and zone_named(value) is None:
        raise ValueError("is no time zone; for example America/Chicago")
    return value


Instant = Annotated[datetime, AfterValidator(_aware)]
Day = Annotated[date, AfterValidator(_day)]
Zone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_zone),
    Field(examples=["America/Chicago"], description="Whose days count; the user's own when left out."),
]


class Named(Result):
    """Something with an id and a name."""

    id: int
    name: str


class Told(Result):
    """Somebody who was named with an @, and whether they were told."""

    id: int | None
    name: str
    is_notified: bool
    reason: str = Field(default="", description="Why not, when they were not.")
