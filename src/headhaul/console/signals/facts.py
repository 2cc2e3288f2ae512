"""How a fact of a carrier is written: amounts as money, shares as percent, register codes as words."""

from __future__ import annotations

from typing import Any

from headhaul.carriers.schemas.carriers import CarrierDetail
from headhaul.console.ui import words

_CODES = {
    "status": {"A": "Active", "I": "Inactive", "P": "Pending"},
    "operation": {"A": "Interstate", "B": "Intrastate, hazardous materials", "C": "Intrastate"},
    "safetyRating": {"S": "Satisfactory", "C": "Conditional", "U": "Unsatisfactory"},
}


def written(name: str, value: Any) -> str:
    """The value for people; "" where the source does not say."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name in _CODES:
        return _CODES[name].get(str(value)[:1].upper(), str(value))
    if isinstance(value, (int, float)):
        return _number(name, value)
    return words.proper(str(value)) if name in ("legalName", "dbaName") else str(value)


def _number(name: str, value: float) -> str:
    if name.endswith("Dollars"):
        return f"${value:,.0f}"
    if name.endswith("Percent"):
        return f"{value:.1f} %"
    return words.number(value)


def of_census(carrier: CarrierDetail) -> list[tuple[str, str]]:
    """What the census says of a carrier, as (what, value); what it leaves blank is left out."""
    fleet, where = carrier.fleet, carrier.physical
    street = ", ".join(part for part in (words.proper(where.street), words.proper(where.city)) if part)
    said = (
        ("Legal name", words.proper(carrier.legal_name)),
        ("Trades as", words.proper(carrier.dba_name)),
        ("Address", f"{street}, {where.state} {where.zip}".strip(", ")),
        ("Phone", words.telephone(carrier.phone)),
        ("E-mail", carrier.email.lower()),
        ("Works as", words.listed(words.human(each.lower()) for each in carrier.classes)),
        ("Operation", written("operation", carrier.operation)),
        ("Cargo", words.listed(carrier.cargo)),
        ("Kinds of work", words.listed(words.human(job) if job != "otr" else "OTR" for job in carrier.jobs)),
        ("Licence its drivers need", carrier.cdl_level),
        ("Power units", _known(fleet.power_units)),
        ("Tractors", _known(fleet.tractors)),
        ("Trailers", _known(fleet.trailers)),
        ("Drivers", _known(fleet.drivers)),
        ("of them with a CDL", _known(fleet.cdl_drivers)),
        ("Miles a year", f"{fleet.mileage:,} ({fleet.mileage_year or 'year unknown'})" if fleet.mileage else ""),
        ("MCS-150 filed", words.day(carrier.filed_on) if carrier.filed_on else ""),
        ("Registered since", words.day(carrier.registered_on) if carrier.registered_on else ""),
    )
    return [(label, value) for label, value in said if value]


def _known(count: int | None) -> str:
    return "" if count is None else words.number(count)
