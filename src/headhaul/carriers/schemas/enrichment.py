"""Facts about a carrier, each with its source and its day, and how far FMCSA itself could be asked."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from headhaul.kernel import DotNumber, Payload, Result


class GetEnrichment(Payload):
    """Which carrier."""

    dot_number: DotNumber


class EnrichCarrier(Payload):
    """Which carrier, and whether to ask again although fresh facts are there."""

    dot_number: DotNumber
    again: bool = False


class Fact(Result):
    """One fact. Amounts of money are whole dollars, rates are percent; null means that the source does not say."""

    name: str = Field(examples=["bipdOnFileDollars"])
    label: str = Field(examples=["Liability insurance on file"])
    value: bool | int | float | str | None
    source: str = Field(examples=["QCMobile"])
    as_of: dt.date


class BasicFact(Result):
    """One safety category. Percentile and alert are null where FMCSA does not publish them; `note` says why."""

    code: str = Field(examples=["unsafe_driv"])
    name: str = Field(examples=["Unsafe Driving"])
    measure: float | None = None
    percentile: float | None = None
    threshold: float | None = None
    alert: bool | None = None
    note: str = ""
    source: str
    as_of: dt.date


class Enrichment(Result):
    """What is known of a carrier. `is_live` tells whether FMCSA itself answered; otherwise `reason` says why not."""

    dot_number: int
    is_live: bool
    source: str = Field(description="Where most of the facts come from.", examples=["QCMobile"])
    as_of: dt.date | None = Field(description="The day the source speaks for.")
    reason: str = Field(description="Why these are not FMCSA's live facts; empty when they are.")
    reason_code: str = Field(examples=["no_key"])
    is_asking: bool = Field(default=False, description="FMCSA is being asked now; look again in a moment.")
    tried_at: dt.datetime | None = None
    facts: list[Fact]
    basics: list[BasicFact]
    missing: dict[str, str] = Field(description="Parts of FMCSA's answer that did not come, with the reason.")
