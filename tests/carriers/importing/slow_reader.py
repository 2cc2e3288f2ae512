"""The census read one row after the other with nothing but the standard library, to compare the importer with."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from headhaul.carriers.services.equipment import cargo_classes
from tests.carriers.importing.census_files import AZ4N

NUMBERS = {
    *("power_units", "truck_units", "bus_units", "owned_trucks", "owned_tractors", "owned_trailers", "term_trucks"),
    *("term_tractors", "term_trailers", "trip_trucks", "trip_tractors", "trip_trailers", "total_drivers", "total_cdl"),
    *("interstate_beyond_100", "interstate_within_100", "intrastate_beyond_100", "intrastate_within_100"),
    *("leased_drivers", "mileage", "mileage_year"),
}
DATES = {"mcs150_date", "add_date", "safety_rating_date"}
COMPARED = (
    *NUMBERS, *DATES, "legal_name", "dba_name", "phy_city", "phy_state", "phy_zip", "zip3", "status_code", "classdef",
    "carrier_operation", "hm", "cargo_mask", "cargo_known", "authorized_for_hire", "private_only", "dockets",
)  # fmt: skip


def read(text: str) -> dict[int, dict[str, Any]]:
    """Facts by DOT number of the rows that can be used; of several the newest filing, then the later row."""
    found: dict[int, dict[str, Any]] = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        facts = _facts(row)
        if facts is None:
            continue
        dot = int(row["dot_number"])
        before = found.get(dot)
        if before is None or (facts["mcs150_date"] or date.min) >= (before["mcs150_date"] or date.min):
            found[dot] = facts
    return found


def _facts(row: dict[str, str]) -> dict[str, Any] | None:
    dot = row["dot_number"].strip()
    if not dot.isdecimal() or not 1 <= int(dot) <= 99_999_999:
        return None
    facts: dict[str, Any] = {}
    for name, column in AZ4N.columns.items():
        cell = row[column].strip()
        if name in NUMBERS:
            if cell and not cell.isdecimal():
                return None
            facts[name] = int(cell) if cell else None
        elif name in DATES:
            try:
                facts[name] = datetime.strptime(cell[:8], "%Y%m%d").date() if cell else None
            except ValueError:
                return None
        else:
            facts[name] = cell
    year = facts["mileage_year"]
    facts["mileage_year"] = year if year is not None and 1950 <= year <= 2027 else None
    for name in ("phy_state", "phy_country", "status_code", "carrier_operation", "classdef"):
        facts[name] = facts[name].upper()
    in_us = facts["phy_country"] == "US"
    digits = facts["phy_zip"].replace("-", "")
    facts["zip3"] = None
    if in_us and digits.isdecimal():
        facts["phy_zip"] = digits.zfill(5) if len(digits) <= 5 else digits.zfill(9)[:5]
        facts["zip3"] = int(facts["phy_zip"][:3])
    facts["hm"] = {"Y": True, "N": False, "": None}[facts["hm"]]
    facts["cargo_mask"] = sum(each.bit for each in cargo_classes() if row[each.column] == "X")
    facts["cargo_known"] = facts["cargo_mask"] > 0
    classes = [word for word in facts["classdef"].split(";") if word]
    facts["authorized_for_hire"] = "AUTHORIZED FOR HIRE" in classes if classes else None
    facts["private_only"] = all(word.startswith("PRIVATE") for word in classes) if classes else None
    dockets = [
        row[f"docket{n}prefix"] + row[f"docket{n}"] + ":" + row[f"docket{n}_status_code"]
        for n in (1, 2, 3)
        if row[f"docket{n}"]
    ]
    facts["dockets"] = ";".join(dockets)
    return {name: facts[name] for name in COMPARED}
