"""One carrier in full, and finding carriers by name or number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from headhaul.carriers.errors import CarrierNotFound
from headhaul.carriers.models import Carrier, CarrierFiling, CarrierSafety, CarrierSource, Revocation
from headhaul.carriers.schemas.carriers import (
    Address,
    CrashSummary,
    Filing,
    Fleet,
    RevocationFact,
    SafetyResult,
    Source,
)
from headhaul.carriers.selectors.written import first, read

CRASH_WINDOW = timedelta(days=731)
NAMES = "(legal_name || ' ' || dba_name)"
_OF_CRASHES = ("crashes", "fatal", "injury", "first_on", "last_on", "as_of")
_CRASHES = """
select count(*), count(*) filter (where fatalities > 0), count(*) filter (where injuries > 0),
       min(report_date), max(report_date), max(as_of)
from carriers_crash where dot_number = %(dot)s
and report_date > (select max(report_date) from carriers_crash where dot_number = %(dot)s) - %(days)s
"""


def get(dot_number: int) -> Carrier:
    """The carrier, or CarrierNotFound."""
    found = first(Carrier, "dot_number = %s", [dot_number])
    if found is None:
        raise CarrierNotFound(f"There is no carrier with USDOT number {dot_number} in the census that was imported.")
    return found


def addresses(carrier: Carrier) -> tuple[Address, Address]:
    """(physical, mailing)."""
    physical = Address(
        street=carrier.phy_street,
        city=carrier.phy_city,
        state=carrier.phy_state,
        zip=carrier.phy_zip,
        country=carrier.phy_country,
    )
    mailing = Address(
        street=carrier.mail_street,
        city=carrier.mail_city,
        state=carrier.mail_state,
        zip=carrier.mail_zip,
        country=carrier.mail_country,
    )
    return physical, mailing


def fleet(carrier: Carrier) -> Fleet:
    """Units and drivers as declared."""
    return Fleet(
        power_units=carrier.power_units,
        effective_units=carrier.effective_units,
        trucks=_sum(carrier.owned_trucks, carrier.term_trucks, carrier.trip_trucks),
        tractors=_sum(carrier.owned_tractors, carrier.term_tractors, carrier.trip_tractors),
        trailers=_sum(carrier.owned_trailers, carrier.term_trailers, carrier.trip_trailers),
        buses=carrier.bus_units,
        leased_units=_sum(carrier.term_trucks, carrier.term_tractors, carrier.trip_trucks, carrier.trip_tractors),
        drivers=carrier.total_drivers,
        cdl_drivers=carrier.total_cdl,
        interstate_beyond_100=carrier.interstate_beyond_100,
        interstate_within_100=carrier.interstate_within_100,
        intrastate_beyond_100=carrier.intrastate_beyond_100,
        intrastate_within_100=carrier.intrastate_within_100,
        leased_drivers=carrier.leased_drivers,
        mileage=carrier.mileage,
        mileage_year=carrier.mileage_year,
    )


def filings(dot_number: int) -> list[Filing]:
    """Former MCS-150 filings, newest first."""
    found = read(CarrierFiling, "dot_number = %s order by mcs150_date desc limit 10", [dot_number])
    return [
        Filing(
            filed_on=each.mcs150_date, power_units=each.power_units, drivers=each.total_drivers, mileage=each.mileage
        )
        for each in found
    ]


def sources(dot_number: int, titles: dict[str, str]) -> list[Source]:
    """Which files name the carrier, newest first."""
    found = read(CarrierSource, "dot_number = %s order by seen_on desc", [dot_number])
    return [
        Source(source=each.source, title=titles.get(each.source, each.source), seen_on=each.seen_on) for each in found
    ]


def safety(dot_number: int) -> list[SafetyResult]:
    """Inspection counts by source, newest first."""
    found = read(CarrierSafety, "dot_number = %s order by as_of desc", [dot_number])
    return [
        SafetyResult(
            source=each.source,
            as_of=each.as_of,
            inspections=each.inspections,
            driver_inspections=each.driver_inspections,
            driver_oos=each.driver_oos,
            vehicle_inspections=each.vehicle_inspections,
            vehicle_oos=each.vehicle_oos,
        )
        for each in found
    ]


def crashes(dot_number: int) -> CrashSummary | None:
    """Crashes of the last two years that the files cover; None without any."""
    with connection.cursor() as cursor:
        cursor.execute(_CRASHES, {"dot": dot_number, "days": CRASH_WINDOW.days})
        found = dict(zip(_OF_CRASHES, cursor.fetchone(), strict=True))
    return CrashSummary(**found) if found["crashes"] else None


def revocations(dot_number: int) -> list[RevocationFact]:
    """Orders against its authority, newest first."""
    found = read(Revocation, "dot_number = %s order by as_of desc, effective_on desc limit 20", [dot_number])
    return [
        RevocationFact(
            docket=each.docket,
            authority=each.authority,
            kind=each.kind,
            effective_on=each.effective_on,
            as_of=each.as_of,
        )
        for each in found
    ]


def search(*, text: str, limit: int) -> list[dict[str, Any]]:
    """Carriers by USDOT number or by part of a name, the largest fleets first among few hits."""
    text = text.strip()
    if not text:
        return []
    columns = "dot_number, legal_name, dba_name, phy_city, phy_state, segment, effective_units, status_code"
    with connection.cursor() as cursor:
        if text.isdigit() and len(text) <= 8:
            cursor.execute(f"select {columns} from carriers_carrier where dot_number = %s", [int(text)])
        else:
            escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            cursor.execute(
                f"""
                select {columns} from (select {columns} from carriers_carrier where {NAMES} ilike %s limit 200) c
                order by status_code = 'A' desc, effective_units desc nulls last, dot_number limit %s
                """,
                [f"%{escaped}%", limit],
            )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _sum(*parts: int | None) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
