"""What is known of a carrier from all sources: of each fact the newest, with its source and its day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from headhaul.carriers.errors import CarrierNotFound
from headhaul.carriers.models import (
    Authority,
    Carrier,
    CarrierEnrichment,
    CarrierSafety,
    InsuranceFiling,
    OutOfServiceOrder,
)
from headhaul.carriers.schemas.enrichment import BasicFact, Enrichment, Fact
from headhaul.carriers.selectors.written import first, read
from headhaul.carriers.services.enrichment.storing import QCMOBILE
from headhaul.carriers.services.importing.layouts import layouts

NOT_PUBLIC = "FMCSA does not publish percentile and alert of property carriers."
_LABELS = {
    "legalName": "Legal name",
    "dbaName": "Trades as",
    "status": "Registration",
    "operation": "Operation",
    "isPassengerCarrier": "Carries passengers",
    "allowedToOperate": "Allowed to operate",
    "hasOperatingAuthority": "Operating authority",
    "powerUnits": "Power units",
    "drivers": "Drivers",
    "safetyRating": "Safety rating",
    "safetyRatingDate": "Safety rating given on",
    "bipdRequiredDollars": "Liability insurance required",
    "bipdOnFileDollars": "Liability insurance on file",
    "bipdGapDollars": "Liability insurance missing",
    "cargoOnFileDollars": "Cargo insurance on file",
    "bondOnFileDollars": "Bond on file",
    "outOfServiceSince": "Out of service since",
    "outOfServiceReason": "Out of service because",
    "driverOosPercent": "Drivers put out of service",
    "vehicleOosPercent": "Vehicles put out of service",
    "hazmatOosPercent": "Hazmat put out of service",
    "crashes": "Crashes in 24 months",
    "fatalCrashes": "Fatal crashes in 24 months",
}
_AUTHORITY_WORDS = {"A": "active", "I": "inactive", "N": "none"}
_BASIC_NAMES = {
    "unsafe_driv": "Unsafe Driving",
    "hos_driv": "Hours-of-Service Compliance",
    "driv_fit": "Driver Fitness",
    "contr_subst": "Controlled Substances/Alcohol",
    "veh_maint": "Vehicle Maintenance",
}


def enrichment_of(*, dot_number: int) -> Enrichment:
    """The facts on file. Raises CarrierNotFound when no source has ever named the carrier."""
    census = first(Carrier, "dot_number = %s", [dot_number])
    live = first(CarrierEnrichment, "dot_number = %s", [dot_number])
    if census is None and (live is None or live.retrieved_at is None):
        raise CarrierNotFound(f"The census has no carrier with USDOT number {dot_number}.")
    safety = read(CarrierSafety, "dot_number = %s order by as_of", [dot_number])
    is_live = live is not None and not live.trouble and live.retrieved_at is not None
    source, as_of = _source_of(census, live if is_live else None)
    return Enrichment(
        dot_number=dot_number,
        is_live=is_live,
        source=source,
        as_of=as_of,
        reason="" if is_live else _reason(live, source, as_of),
        reason_code="" if is_live else live.trouble_code if live else "not_asked",
        tried_at=live and live.tried_at,
        facts=_newest(_facts(dot_number, census, live, safety)),
        basics=_basics(safety),
        missing=live.missing if live else {},
    )


def _source_of(census: Carrier | None, live: CarrierEnrichment | None) -> tuple[str, date | None]:
    if live is not None and live.retrieved_at is not None:
        return QCMOBILE, live.retrieved_at.date()
    return (_title(census.source), census.source_date) if census else (QCMOBILE, None)


def _reason(live: CarrierEnrichment | None, source: str, as_of: date | None) -> str:
    trouble = live.trouble if live and live.trouble else "FMCSA has not been asked about this carrier yet."
    return f"{trouble} The facts are from: {source}, {as_of}." if as_of else trouble


def _facts(
    dot_number: int, census: Carrier | None, live: CarrierEnrichment | None, safety: list[CarrierSafety]
) -> Iterator[Fact]:
    if census is not None:
        yield from _census_facts(census)
    if live is not None and live.retrieved_at is not None:
        said = live.facts | {"allowedToOperate": live.allowed_to_operate}
        yield from _named(said, QCMOBILE, live.retrieved_at.date())
    for filing in read(InsuranceFiling, "dot_number = %s", [dot_number]):
        yield from _insurance_facts(filing)
    for order in read(OutOfServiceOrder, "dot_number = %s and rescinded_on is null", [dot_number]):
        said = {"outOfServiceSince": order.ordered_on.isoformat(), "outOfServiceReason": order.reason or None}
        yield from _named(said, order.source, order.as_of)
    for authority in read(Authority, "dot_number = %s", [dot_number]):
        yield _authority_fact(authority)
    for row in safety:
        yield from _safety_facts(row)


def _census_facts(census: Carrier) -> Iterator[Fact]:
    said = {
        "legalName": census.legal_name or None,
        "dbaName": census.dba_name or None,
        "status": census.status_code or None,
        "operation": census.carrier_operation or None,
        "isPassengerCarrier": census.passenger,
        "powerUnits": census.power_units,
        "drivers": census.total_drivers,
        "safetyRating": census.safety_rating or None,
        "safetyRatingDate": census.safety_rating_date and census.safety_rating_date.isoformat(),
    }
    return _named(said, census.source, census.source_date)


def _insurance_facts(filing: InsuranceFiling) -> Iterator[Fact]:
    said: dict[str, Any] = {f"{filing.kind}OnFileDollars": filing.on_file_dollars}
    if filing.kind == "bipd" and filing.is_required is not False:
        said["bipdRequiredDollars"] = filing.required_dollars
        if filing.required_dollars is not None and filing.on_file_dollars is not None:
            said["bipdGapDollars"] = max(0, filing.required_dollars - filing.on_file_dollars)
    return _named(said, filing.source, filing.as_of)


def _authority_fact(authority: Authority) -> Fact:
    kinds = {"common": authority.common, "contract": authority.contract, "broker": authority.broker}
    words = [f"{kind} {_AUTHORITY_WORDS.get(state, state)}" for kind, state in kinds.items() if state]
    return Fact(
        name=f"authority:{authority.docket}",
        label=f"Authority {authority.docket}",
        value=", ".join(words) or None,
        source=_title(authority.source),
        as_of=authority.as_of,
    )


def _safety_facts(row: CarrierSafety) -> Iterator[Fact]:
    said = {
        "driverOosPercent": _percent(row.driver_oos, row.driver_inspections),
        "vehicleOosPercent": _percent(row.vehicle_oos, row.vehicle_inspections),
        "hazmatOosPercent": _percent(row.hazmat_oos, row.hazmat_inspections),
        "crashes": row.crashes,
        "fatalCrashes": row.crashes_fatal,
    }
    return _named(said, row.source, row.as_of)


def _percent(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else round(100 * part / whole, 2)


def _named(said: dict[str, Any], source: str, as_of: date) -> Iterator[Fact]:
    for name, value in said.items():
        if value is not None:
            yield Fact(name=name, label=_LABELS[name], value=value, source=_title(source), as_of=as_of)


def _newest(facts: Iterable[Fact]) -> list[Fact]:
    """Of each fact the newest; of two of one day FMCSA's live one. In the order of the labels."""
    newest: dict[str, Fact] = {}
    for fact in facts:
        before = newest.get(fact.name)
        if before is None or (fact.as_of, fact.source == QCMOBILE) > (before.as_of, before.source == QCMOBILE):
            newest[fact.name] = fact
    order = list(_LABELS)
    return sorted(newest.values(), key=lambda f: (order.index(f.name) if f.name in order else len(order), f.name))


def _basics(safety: list[CarrierSafety]) -> list[BasicFact]:
    """Each category from the newest source that has it."""
    found = {code: _basic(code, said, row) for row in safety for code, said in row.basics.items()}
    order = list(_BASIC_NAMES)
    return sorted(found.values(), key=lambda f: (order.index(f.code) if f.code in order else len(order), f.code))


def _basic(code: str, said: dict[str, Any], row: CarrierSafety) -> BasicFact:
    percentile, alert = said.get("percentile"), said.get("alert")
    words = str(said.get("said") or "")
    note = NOT_PUBLIC if "not public" in words.lower() or not (words or percentile or alert) else words
    return BasicFact(
        code=code,
        name=said.get("name") or _BASIC_NAMES.get(code) or code.replace("_", " ").capitalize(),
        measure=said.get("measure"),
        percentile=percentile,
        threshold=said.get("threshold"),
        alert=alert,
        note="" if percentile is not None else note,
        source=_title(row.source),
        as_of=date.fromisoformat(said["run_on"]) if said.get("run_on") else row.as_of,
    )


def _title(source: str) -> str:
    return next((layout.title for layout in layouts() if layout.key == source), source)
