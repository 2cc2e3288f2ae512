"""What a phone takes along: the best carriers first, within its bytes, and what was left out is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from headhaul.capture.selectors import extract
from headhaul.carriers.models import Carrier
from headhaul.kernel import Actor, Forbidden, InvalidData
from tests.capture.doing import do
from tests.factories.market import TODAY, carrier, signals

pytestmark = pytest.mark.django_db


@pytest.fixture
def census(db: None) -> None:
    for number in range(1, 41):
        carrier(number, legal_name=f"TEXAS {number}", effective_units=number)
    carrier(50, legal_name="OKIE", phy_state="OK", phy_city="TULSA", phy_zip="74103", zip3=741)
    carrier(51, legal_name="YANKEE", phy_state="NY", phy_city="NEW YORK", phy_zip="10001", zip3=100)
    carrier(52, legal_name="GONE", status_code="I")
    signals(TODAY, *[{"dot_number": n, "score_hundredths": 100 * n, "n": n, "near": 3} for n in range(1, 31)],
            {"dot_number": 50, "score_hundredths": 9900, "n": 9})  # fmt: skip


def test_scored_ones_come_first_then_the_larger_fleets(rosa: Actor, census: None) -> None:
    found = do("getCaptureExtract", rosa, states=["TX"])
    numbers = [row[0] for row in found.rows]
    assert numbers == [*range(30, 0, -1), *range(40, 30, -1)]
    assert (found.total, found.left_out, found.day) == (40, 0, TODAY)
    first = dict(zip(found.columns, found.rows[0], strict=True))
    assert first == {
        "dotNumber": 30, "name": "TEXAS 30", "city": "DALLAS", "state": "TX", "fleet": 30, "equipment": 2,
        "score": 30, "drivers": 30, "near": 3,
    }  # fmt: skip
    assert found.equipment[1] == "reefer"
    assert dict(zip(found.columns, found.rows[-1], strict=True))["score"] is None


def test_one_who_stopped_since_the_night_is_not_taken_along(rosa: Actor, census: None) -> None:
    Carrier.objects.filter(dot_number=30).update(status_code="I")
    found = do("getCaptureExtract", rosa, states=["TX"])
    assert (found.rows[0][0], found.total) == (29, 39)


def test_what_does_not_fit_is_counted(rosa: Actor, ada: Actor) -> None:
    for number in range(1, 401):
        carrier(number, legal_name=f"TEXAS CARRIER NUMBER {number}")
    found = do("getCaptureExtract", rosa, states=["TX"], mostKilobytes=10)
    packed = json.dumps(found.rows, separators=(",", ":"), ensure_ascii=False)
    assert len(packed.encode()) <= found.bytes <= found.most_bytes == 10_000
    assert found.left_out == 400 - len(found.rows) > 0
    do("saveSettings", ada, section="offline_extract", values={"mostKilobytes": 12}, expectedVersion=0)
    assert do("getCaptureExtract", rosa, states=["TX"], mostKilobytes=20_000).most_bytes == 12_000


def test_around_a_town_or_a_zip(rosa: Actor, census: None, fair: Any) -> None:
    near = do("getCaptureExtract", rosa, eventId=fair.id, radiusMiles=100)
    assert {row[3] for row in near.rows} == {"TX"}
    assert near.where == "within 100 miles of Dallas, TX"
    wide = do("getCaptureExtract", rosa, eventId=fair.id)
    assert wide.rows[0][1] == "OKIE"
    assert {row[3] for row in do("getCaptureExtract", rosa, zip="10001").rows} == {"NY"}


def test_an_event_of_a_town_nobody_knows_takes_the_state_and_its_neighbours(
    rosa: Actor, max_: Actor, census: None
) -> None:
    event = do("saveCaptureEvent", max_, name="Somewhere", city="Nowhereville", state="OK")
    found = do("getCaptureExtract", rosa, eventId=event.id)
    assert {row[3] for row in found.rows} == {"OK", "TX"}
    assert found.where == "in OK and its neighbours"


@pytest.mark.parametrize("areas", [None, [751, 752]])
def test_who_is_there_is_read_from_an_index_alone_and_wide_rows_by_their_number(
    census: None, areas: list[int] | None
) -> None:
    where = extract.Where("in Texas", ["TX"], areas)
    asked = [*where.conditions.parameters, TODAY, where.states, 100]
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_bitmapscan = off")
        cursor.execute(f"explain {extract._BEST.format(area=where.area)}", asked)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute(f"explain select count(*) from ({where.area}) area", where.conditions.parameters)
        counted = "\n".join(row[0] for row in cursor.fetchall())
    for each in (plan, counted):
        assert "Index Only Scan using carriers_carrier_active_by_place" in each
        assert "Seq Scan" not in each
    assert "Index Scan using carriers_carrier_pkey" in plan


@pytest.mark.parametrize("asked", [{}, {"states": ["ZZ"]}, {"zip": "00000"}])
def test_nowhere_is_refused(rosa: Actor, asked: Any) -> None:
    with pytest.raises(InvalidData):
        do("getCaptureExtract", rosa, **asked)


def test_a_viewer_takes_nothing_along(vera: Actor) -> None:
    with pytest.raises(Forbidden):
        do("getCaptureExtract", vera, states=["TX"])
