"""Writes census files row by row, in the plainest way there is."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from headhaul.carriers.services.equipment import cargo_classes
from headhaul.carriers.services.importing.layouts import layouts

AZ4N = next(layout for layout in layouts() if layout.key == "az4n")
KJG3 = next(layout for layout in layouts() if layout.key == "kjg3")
AZ4N_COLUMNS = (
    "dot_number",
    *AZ4N.columns.values(),
    *(each.column for each in cargo_classes()),
    *(f"docket{n}{part}" for n in (1, 2, 3) for part in ("prefix", "", "_status_code")),
)
KJG3_COLUMNS = ("dot_number", *KJG3.columns.values(), *KJG3.classes, "op_other")

HAULER = {
    "dot_number": "158121",
    "legal_name": "BLUE RIVER FREIGHT LLC",
    "dba_name": "",
    "phy_street": "1 MAIN ST",
    "phy_city": "DALLAS",
    "phy_state": "TX",
    "phy_zip": "75201",
    "phy_country": "US",
    "status_code": "A",
    "carrier_operation": "A",
    "classdef": "AUTHORIZED FOR HIRE",
    "hm_ind": "N",
    "power_units": "40",
    "total_drivers": "42",
    "total_cdl": "38",
    "owntract": "35",
    "owntruck": "5",
    "mcs150_date": "20250301",
    "add_date": "20010615",
    "mcs150_mileage": "3600000",
    "mcs150_mileage_year": "2025",
    "interstate_beyond_100_miles": "30",
    "interstate_within_100_miles": "4",
    "phone": "2145550100",
    "crgo_genfreight": "X",
    "crgo_coldfood": "X",
    "docket1prefix": "MC",
    "docket1": "421775",
    "docket1_status_code": "A",
}


def hauler(**changes: str) -> dict[str, str]:
    """A for-hire reefer carrier in Dallas, with changes."""
    return HAULER | changes


def text_of(
    rows: Sequence[Mapping[str, str]], *, columns: Sequence[str] = AZ4N_COLUMNS, delimiter: str = ",", quoting: int = 0
) -> str:
    """The file's text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue()


def write(path: Path, rows: Sequence[Mapping[str, str]], **how: object) -> Path:
    """A file in az4n's columns, UTF-8."""
    path.write_text(text_of(rows, **how), encoding="utf-8", newline="")  # type: ignore[arg-type]
    return path
