"""A day's signals: equal to looking at every pair, written once, compared with last week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection

from headhaul.actions import dispatch
from headhaul.carriers.choices import Gate
from headhaul.carriers.models import Carrier, CarrierFiling, CarrierOverride, Driver, Signal, SignalDay
from headhaul.carriers.preferences import SegmentSettings, SignalsSection
from headhaul.carriers.services import signals, signals_store
from headhaul.carriers.services.matching.brute import match_pair_by_pair
from headhaul.carriers.services.matching.regions import geography
from headhaul.carriers.services.matching_input import read_census, read_drivers
from headhaul.carriers.services.tuning import match_settings
from headhaul.kernel import SYSTEM
from headhaul.preferences.services import values as preferences
from tests.carriers.signals.market_of import DAY, by_dice, carrier, driver

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 3, tzinfo=UTC)


def compute(days_ago: int = 0) -> SignalDay:
    at = AT - timedelta(days=days_ago)
    return signals.compute_day(day=at.date(), at=at)


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select inhrelid::regclass::text from pg_inherits where inhparent = 'carriers_signal'::regclass")
        return {row[0] for row in cursor.fetchall()}


def test_the_sums_of_every_signal_equal_those_of_looking_at_every_pair() -> None:
    by_dice(carriers=60, drivers=150, seed=3)
    compute()
    geo = geography()
    census = read_census(day=DAY, at=AT)
    columns, drivers = census.carriers(geo), read_drivers(day=DAY, geo=geo, half_life_days=30)
    plain, parts = match_pair_by_pair(columns, drivers, geo, match_settings())
    stored = {row["dot_number"]: row for row in Signal.objects.values()}
    assert set(stored) == {int(dot) for dot, n in zip(columns.dot, plain.n, strict=True) if n > 0}
    for row, dot in enumerate(columns.dot.tolist()):
        if plain.n[row]:
            names = ("n", "near", "prox", "rec", "fit", "active7", "pool")
            assert {k: stored[dot][k] for k in names} == {k: int(getattr(plain, k)[row]) for k in names}
            assert stored[dot]["by_equipment"] == parts.by_equipment[row].tolist()
            assert stored[dot]["by_job"] == parts.by_job[row].tolist()
            assert stored[dot]["top_state_counts"] == [n for n in parts.top_state_counts[row].tolist() if n]


def test_the_columns_say_what_the_rows_say() -> None:
    by_dice(carriers=40, drivers=60, seed=4)
    census = read_census(day=DAY, at=AT)
    rows = Carrier.objects.filter(status_code="A").order_by("pk")
    assert census.raw["dot"].tolist() == [row.pk for row in rows]
    assert census.raw["units"].tolist() == [-1 if row.effective_units is None else row.effective_units for row in rows]
    columns = census.carriers(geography())
    assert columns.equipment.tolist() == [row.equipment_mask for row in rows]
    assert columns.primary.tolist() == [row.equipment_primary for row in rows]
    assert columns.jobs.tolist() == [row.job_mask for row in rows]
    assert (census.raw["gates"] != 0).tolist() == [row.safety_rating == "U" for row in rows]
    available = [
        row for row in Driver.objects.filter(status="active") if not row.available_from or row.available_from <= DAY
    ]
    drivers = read_drivers(day=DAY, geo=geography(), half_life_days=30)
    assert len(drivers) == len(available)
    assert int(drivers.active7.sum()) == sum(
        (DAY - row.last_active_on).days <= 7 for row in available if row.last_active_on
    )


def test_endorsements_and_classes_decide_what_a_driver_may_run() -> None:
    driver("no tank", equipment_mask=0b10001)
    driver("tank", equipment_mask=0b10001, endorsements="N")
    driver("bus", equipment_mask=1 << 9, endorsements="P", cdl_class="B")
    driver("hazmat", endorsements="HN")
    driver("none", cdl_class="", job_mask=0)
    found = read_drivers(day=DAY, geo=geography(), half_life_days=30)
    rows = sorted(zip(found.equipment.tolist(), found.level.tolist(), found.jobs.tolist(), strict=True))
    assert rows == [(1, 2, 12), (2, 0, 15), (2, 3, 12), (17, 2, 12), (512, 1, 12)]


def test_the_same_day_again_ends_the_same() -> None:
    by_dice(carriers=30, drivers=50, seed=5)
    first = compute()
    before = list(Signal.objects.order_by("dot_number").values())
    again = compute()
    assert list(Signal.objects.order_by("dot_number").values()) == before
    assert (again.rows, SignalDay.objects.count(), len(partitions())) == (first.rows, 1, 1)


def test_a_day_is_written_exactly_as_it_was_given() -> None:
    carrier(5, dba_name='FIVE\'S "BEST"', effective_units=None)
    rows = signals_store.SignalRows(
        dot_number=np.array([5, 6], np.int32), score_hundredths=np.array([10000, 1], np.int16),
        n=np.array([2**31 - 1, 1], np.int32),
        near=np.array([1, 0], np.int32), prox=np.array([2**40, 0], np.int64), rec=np.array([3, 0], np.int64),
        fit=np.array([4, 0], np.int64), active7=np.array([5, 0], np.int32), pool=np.array([6, 0], np.int32),
        confidence=np.array([2, 0], np.uint8), urgency=np.array([1, 0], np.uint8),
        demand_mask=np.array([511, 0], np.uint16),
        gate_mask=np.array([64, 0], np.int16), is_new=np.array([True, False]), is_spike=np.array([False, True]),
        previous_score_hundredths=np.array([-1, 77], np.int16), previous_n=np.array([-1, 7], np.int32),
        by_equipment=np.arange(20, dtype=np.int32).reshape(2, 10), by_job=np.arange(8, dtype=np.int32).reshape(2, 4),
        states=np.array([[43, 0, -1], [-1, -1, -1]], np.int8), state_counts=np.array([[9, 8, 0], [0, 0, 0]], np.int32),
    )  # fmt: skip
    written = signals_store.write_day(day=DAY, rows=rows, details={}, considered=2, drivers=1, at=AT)
    found: dict[str, Any] = Signal.objects.values().get()
    assert written.rows == 1, "carrier 6 is not in the census"
    assert (found["score_hundredths"], found["n"], found["prox"]) == (10000, 2**31 - 1, 2**40)
    assert (found["by_equipment"], found["by_job"]) == (list(range(10)), [0, 1, 2, 3])
    assert (len(found["top_states"]), found["top_state_counts"]) == (2, [9, 8])
    assert (found["previous_score_hundredths"], found["previous_n"], found["units"]) == (None, None, None)
    assert (found["name"], found["state"], found["is_new"], found["computed_at"]) == ('FIVE\'S "BEST"', "TX", True, AT)


def test_a_rise_within_a_week_is_a_spike_and_makes_it_urgent() -> None:
    carrier(1)
    for number in range(10):
        driver(f"old {number}", added_on=DAY - timedelta(days=30))
    compute(days_ago=7)
    for number in range(3):
        driver(f"new {number}")
    assert compute().spikes == 1
    row = Signal.objects.get(day=DAY)
    assert (row.is_spike, row.previous_n, row.n, row.urgency) == (True, 10, 13, 2)


def test_one_driver_becoming_two_is_no_spike() -> None:
    carrier(1)
    driver("a", added_on=DAY - timedelta(days=30))
    compute(days_ago=7)
    driver("b")
    assert compute().spikes == 0


def test_a_carrier_is_new_on_the_day_it_first_reaches_the_threshold() -> None:
    carrier(1)
    compute(days_ago=2)
    for number in range(30):
        driver(f"d{number}", added_on=DAY - timedelta(days=1))
    compute(days_ago=1)
    compute()
    assert list(Signal.objects.order_by("day").values_list("is_new", flat=True)) == [True, False]


def test_only_the_best_are_kept_and_the_rest_is_counted() -> None:
    by_dice(carriers=40, drivers=60, seed=6)
    everybody = compute()
    preferences.save(section=SignalsSection, values={"mostKept": 5}, expected_version=0, by=SYSTEM, at=AT)
    preferences.forget()
    best = list(Signal.objects.order_by("-score_hundredths").values_list("score_hundredths", flat=True)[:5])
    some = compute()
    preferences.forget()
    assert (some.rows, some.details["left_out_of_the_best"]) == (5, everybody.rows - 5)
    assert sorted(Signal.objects.values_list("score_hundredths", flat=True), reverse=True) == best


def test_old_days_are_dropped_with_their_partitions_and_the_newest_is_current() -> None:
    carrier(1)
    driver("a", added_on=DAY - timedelta(days=300))
    for days_ago in (120, 91, 90, 1, 0):
        compute(days_ago=days_ago)
    assert {(DAY - day).days for day in SignalDay.objects.values_list("day", flat=True)} == {90, 1, 0}
    assert len(partitions()) == 3
    assert SignalDay.objects.get(is_current=True).day == DAY
    compute(days_ago=1)
    assert SignalDay.objects.get(is_current=True).day == DAY


def test_growth_between_filings_speaks_for_a_need_of_drivers() -> None:
    carrier(1, power_units=60, effective_units=60)
    driver("a")
    CarrierFiling.objects.create(
        dot_number=1,
        mcs150_date=DAY - timedelta(days=600),
        power_units=30,
        total_drivers=30,
        mileage=None,
        source="az4n",
    )
    compute()
    need = dispatch("getSignal", {"dotNumber": 1}, actor=SYSTEM, at=AT, door="cli").payload.demand
    assert "fleet_growth" in need


@pytest.mark.parametrize(("year", "believed"), [(2023, True), (None, True), (2022, False)])
def test_miles_of_a_filing_more_than_three_years_old_say_nothing(year: int | None, believed: bool) -> None:
    carrier(1, power_units=10, effective_units=10, mileage=1_000_000, mileage_year=year)
    miles = read_census(day=DAY, at=AT).demand(slice(None)).miles_per_unit
    assert np.array_equal(miles, [100_000 if believed else np.nan], equal_nan=True)


def test_an_override_opens_the_gate_at_once_and_for_the_next_run() -> None:
    carrier(1, safety_rating="U")
    driver("a")
    compute()
    assert Signal.objects.get().gate_mask == 1 << Gate.UNSATISFACTORY
    dispatch(
        "overrideWorthiness", {"dotNumber": 1, "reason": "Rating is being upgraded"}, actor=SYSTEM, at=AT, door="cli"
    )
    assert Signal.objects.get().gate_mask == 0
    compute()
    assert Signal.objects.get().gate_mask == 0
    dispatch("removeWorthinessOverride", {"dotNumber": 1}, actor=SYSTEM, at=AT, door="cli")
    assert Signal.objects.get().gate_mask == 1 << Gate.UNSATISFACTORY
    assert CarrierOverride.objects.get().removed_by == "Headhaul"


def test_changed_segments_reach_the_carriers_with_the_next_run() -> None:
    carrier(1, power_units=40, segment="regional", cargo_mask=1 << 22, cargo_known=True, carrier_operation="A")
    driver("a")
    compute()
    preferences.save(section=SegmentSettings, values={"smallFleet": 50}, expected_version=0, by=SYSTEM, at=AT)
    preferences.forget()
    compute()
    preferences.forget()
    assert (Carrier.objects.get().segment, Signal.objects.get().segment) == ("small_fleet", "small_fleet")
