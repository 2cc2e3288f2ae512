"""A carrier in full."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from headhaul.carriers.schemas.signals import SignalRow, Worthiness
from headhaul.carriers.schemas.words import EquipmentCode, JobCode, SegmentCode
from headhaul.kernel import Result


class Address(Result):
    """A street address as the census has it."""

    street: str
    city: str
    state: str
    zip: str
    country: str


class Fleet(Result):
    """Units and drivers as declared; null is not known, 0 is a fact."""

    power_units: int | None
    effective_units: int | None = Field(description="Power units as far as they can be believed.")
    trucks: int | None
    tractors: int | None
    trailers: int | None
    buses: int | None
    leased_units: int | None
    drivers: int | None
    cdl_drivers: int | None
    interstate_beyond_100: int | None
    interstate_within_100: int | None
    intrastate_beyond_100: int | None
    intrastate_within_100: int | None
    leased_drivers: int | None
    mileage: int | None
    mileage_year: int | None


class Filing(Result):
    """A former MCS-150."""

    filed_on: dt.date
    power_units: int | None
    drivers: int | None
    mileage: int | None


class Source(Result):
    """A kind of file that names this carrier, and the newest one that did."""

    source: str
    title: str
    seen_on: dt.date


class SafetyResult(Result):
    """Inspections and what came of them, by source."""

    source: str
    as_of: dt.date
    inspections: int | None
    driver_inspections: int | None
    driver_oos: int | None
    vehicle_inspections: int | None
    vehicle_oos: int | None


class CrashSummary(Result):
    """Crashes in the files; each counts once however many vehicles were in it."""

    crashes: int
    fatal: int
    injury: int
    first_on: dt.date
    last_on: dt.date
    as_of: dt.date


class RevocationFact(Result):
    """An order that revokes an authority."""

    docket: str
    authority: str
    kind: str
    effective_on: dt.date | None
    as_of: dt.date


class CarrierDetail(Result):
    """Everything the imported files say about a carrier, and what follows from it."""

    dot_number: int
    legal_name: str
    dba_name: str
    name: str
    status: str = Field(description="A active, I inactive, P pending.")
    entity_types: str
    operation: str = Field(description="A interstate, B intrastate hazmat, C intrastate.")
    classes: list[str]
    authorized_for_hire: bool | None
    private_only: bool | None
    hazmat: bool | None
    passenger: bool | None
    dockets: list[str]
    physical: Address
    mailing: Address
    phone: str
    cell_phone: str
    email: str
    fleet: Fleet
    segment: SegmentCode
    cargo: list[str]
    cargo_is_known: bool
    cargo_other: str
    equipment: list[EquipmentCode] = Field(description="Families it surely runs.")
    possible_equipment: list[EquipmentCode]
    specificity: int = Field(description="0–100: how much its cargo says about its equipment.")
    jobs: list[JobCode]
    cdl_level: str
    filed_on: dt.date | None = Field(description="Of the newest MCS-150.")
    registered_on: dt.date | None
    safety_rating: str
    safety_rating_on: dt.date | None
    source: str
    source_title: str
    source_date: dt.date
    first_seen_on: dt.date
    sources: list[Source]
    filings: list[Filing]
    safety: list[SafetyResult]
    crashes: CrashSummary | None
    revocations: list[RevocationFact]
    worthiness: Worthiness
    signal: SignalRow | None
    signal_day: dt.date | None
