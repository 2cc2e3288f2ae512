"""What a phone takes along."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from headhaul.capture.schemas.words import Id
from headhaul.kernel import Payload, Result, StateCode, Zip5


class GetCaptureExtract(Payload):
    """Which carriers: of these states, or around an event or a ZIP code."""

    event_id: Id | None = None
    states: Annotated[list[StateCode], Field(max_length=60)] = []
    zip: Zip5 | None = None
    radius_miles: Annotated[int, Field(ge=10, le=1_500)] | None = None
    most_kilobytes: Annotated[int, Field(ge=10, le=20_000)] | None = Field(
        default=None, description="Left out, or larger: as the settings say"
    )


ExtractRow = tuple[int, str, str, str, int | None, int, int | None, int | None, int | None]


class CaptureExtract(Result):
    """Carriers, the best score first, as rows of the columns that `columns` names.

    `equipment` in a row is a number whose bits are the families of `equipment` here, in that order. `score` is of the
    signals of `day`; null is not scored. What did not fit is counted in `leftOut`.
    """

    made_at: datetime
    day: date | None
    census_day: date | None
    where: str
    columns: list[str]
    equipment: list[str]
    rows: list[ExtractRow]
    total: int
    left_out: int
    bytes: int
    most_bytes: int
