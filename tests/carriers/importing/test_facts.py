"""Crashes, revocations, SMS results and cargo lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from headhaul.carriers.models import Carrier, CarrierSafety, Crash, ImportRun, Revocation
from tests.carriers.importing.census_files import hauler
from tests.carriers.importing.test_census import counts

pytestmark = pytest.mark.django_db
Load = Callable[..., ImportRun]

CRASHES = """REPORT_NUMBER,DOT_NUMBER,REPORT_DATE,REPORT_STATE,TOW_AWAY,HAZMAT_RELEASED,INJURIES,FATALITIES,\
SEVERITY_WEIGHT
GA0004699757,119,1/10/2014,GA,Y,N,1,0,2
GA0004699757,119,1/10/2014,GA,Y,N,2,0,2
GA0005372990,119,6/15/2015,GA,N,N,0,0,1
,119,6/15/2015,GA,N,N,0,0,1
GA9,119,2015-06-15,GA,N,N,0,0,1
"""
REVOKED = """DOCKET_NUMBER,DOT_NUMBER,OPERATING_AUTHORITY_REGISTRATION_TYPE,SERVE_DATE,REVOCATION_TYPE,EFFECTIVE_DATE
MC0000438379,01001665,COMMON,06/26/2024,INVOLUNTARY REVOCATION,07/26/2024
MC-438379,01001665,COMMON,06/26/2024,INVOLUNTARY REVOCATION,07/26/2024
MC932780,03349259,COMMON,07/05/2024,VOLUNTARY REVOCATION,
"""
RESULTS = """DOT_NUMBER,INSP_TOTAL,DRIVER_INSP_TOTAL,DRIVER_OOS_INSP_TOTAL,VEHICLE_INSP_TOTAL,VEHICLE_OOS_INSP_TOTAL,\
UNSAFE_DRIV_INSP_W_VIOL,UNSAFE_DRIV_MEASURE,UNSAFE_DRIV_AC,NEW_RULE_INSP_W_VIOL,NEW_RULE_MEASURE,NEW_RULE_AC
1000009,0,0,0,0,0,0,0,N,0,0,N
1000012,7,5,1,6,2,3,.25,Y,0,0,N
"""


def file(tmp_path: Path, text: str, name: str = "facts_2016-01-31.csv") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_crash_counts_once_however_many_vehicles_it_had(load_file: Load, tmp_path: Path) -> None:
    run = load_file(file(tmp_path, CRASHES))
    assert counts(run) == {"inserted": 2, "duplicates": 1, "rejected": 2}
    crash = Crash.objects.get(report_number="GA0004699757")
    assert (crash.vehicles, crash.injuries, crash.tow_away, crash.report_date) == (2, 2, True, date(2014, 1, 10))
    assert counts(load_file(file(tmp_path, CRASHES))) == {"unchanged": 2, "duplicates": 1, "rejected": 2}


def test_revocations_lose_their_padding_and_are_kept_once(load_file: Load, tmp_path: Path) -> None:
    assert counts(load_file(file(tmp_path, REVOKED))) == {"inserted": 2, "duplicates": 1}
    assert set(Revocation.objects.values_list("dot_number", "docket", "effective_on")) == {
        (1001665, "MC438379", date(2024, 7, 26)),
        (3349259, "MC932780", None),
    }
    assert counts(load_file(file(tmp_path, REVOKED))) == {"unchanged": 2, "duplicates": 1}


def test_sms_results_keep_categories_that_hold_something_known_or_not(load_file: Load, tmp_path: Path) -> None:
    assert counts(load_file(file(tmp_path, RESULTS))) == {"inserted": 2}
    empty, full = CarrierSafety.objects.order_by("dot_number")
    assert empty.basics == {}
    assert full.basics == {"unsafe_driv": {"measure": 0.25, "violations": 3, "acute": True}}
    assert (full.driver_inspections, full.driver_oos, full.vehicle_oos) == (5, 1, 2)


def test_older_results_do_not_replace_newer_ones(load_file: Load, tmp_path: Path) -> None:
    load_file(file(tmp_path, RESULTS))
    older = file(tmp_path, RESULTS.replace("1000012,7", "1000012,9"), "facts_2015-01-31.csv")
    assert counts(load_file(older)) == {"older": 2}
    newer = file(tmp_path, RESULTS.replace("1000012,7", "1000012,9"), "facts_2016-02-29.csv")
    assert counts(load_file(newer)) == {"updated": 1, "unchanged": 1}


def test_cargo_lists_give_known_carriers_their_equipment(load: Load, load_file: Load, tmp_path: Path) -> None:
    load([hauler(crgo_genfreight="", crgo_coldfood="")])
    assert Carrier.objects.get().equipment == []
    text = 'dot_number,cargo_carried\n158121,"Grain, Feed, Hay, Metal; Sheets, Coils, Rolls"\n7,Meat\n'
    run = load_file(file(tmp_path, text))
    assert counts(run) == {"updated": 1, "unchanged": 1}
    assert any("1 carriers are not in the census" in note for note in run.notes)
    carrier = Carrier.objects.get()
    assert (carrier.cargo_known, carrier.equipment) == (True, ["flatbed", "bulk"])
    assert counts(load_file(file(tmp_path, text))) == {"unchanged": 2}
