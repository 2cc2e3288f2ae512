"""What-if equals a whole new run with the drivers really there, or really gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from headhaul.actions import dispatch
from headhaul.carriers.models import Carrier, Driver, Signal
from headhaul.carriers.preferences import Prospects
from headhaul.carriers.selectors import days
from headhaul.carriers.selectors.bar import Bar
from headhaul.carriers.services import market, signals
from headhaul.kernel import SYSTEM, AppError
from headhaul.preferences.services.values import save
from tests.carriers.signals.market_of import by_dice, driver

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    market.forget()


def ask(**data: Any) -> Any:
    return dispatch("simulateSignals", data, actor=SYSTEM, at=AT, door="cli").payload


def prospects() -> set[int]:
    signals.compute_day(day=AT.date(), at=AT)
    rows = Signal.objects.filter(score_hundredths__gte=5500, n__gte=3, gate_mask=0)
    return set(rows.values_list("dot_number", flat=True))


def test_added_drivers_open_whom_a_new_run_opens() -> None:
    by_dice(carriers=80, drivers=40, seed=11)
    before = prospects()
    said = ask(add=[{"count": 12, "zip": "75201", "equipment": ["flatbed"], "jobs": ["otr", "local"]}], limit=100)
    for number in range(12):
        driver(f"new{number}", equipment_mask=0b100, job_mask=0b1001)
    after = prospects()
    assert {row.dot_number for row in said.opened} == after - before
    assert (said.prospects_now, said.prospects_then) == (len(before), len(after))
    assert said.opened_count > 0


def test_fleets_below_the_smallest_open_nothing() -> None:
    by_dice(carriers=80, drivers=40, seed=11)
    asked = {"add": [{"count": 12, "zip": "75201", "equipment": ["flatbed"], "jobs": ["otr", "local"]}], "limit": 100}
    every = ask(**asked)
    save(section=Prospects, values={"smallestFleet": 8}, expected_version=0, by=SYSTEM, at=AT)
    large = set(Carrier.objects.filter(effective_units__gte=8).values_list("dot_number", flat=True))
    now = prospects() & large
    said = ask(**asked)
    assert {row.dot_number for row in said.opened} == {row.dot_number for row in every.opened} & large
    assert 0 < said.opened_count < every.opened_count
    assert (said.prospects_now, said.smallest_fleet) == (len(now), 8)
    current = days.current()
    assert current is not None
    assert days.above_bar(current, bar=Bar.current()) == len(now)


def test_removed_drivers_close_whom_a_new_run_closes() -> None:
    by_dice(carriers=80, drivers=120, seed=12)
    before = prospects()
    said = ask(remove=[{"state": ["TX"]}, {"state": ["TX"], "equipment": ["reefer"]}], limit=100)
    Driver.objects.filter(home_state="TX").delete()
    assert {row.dot_number for row in said.closed} == before - prospects()
    assert said.closed_count > 0


def test_suggestions_name_where_drivers_would_do_most() -> None:
    by_dice(carriers=80, drivers=20, seed=13)
    said = ask(suggestCount=20, suggestStates=["TX", "NY"])
    assert [s.opened for s in said.suggestions] == sorted((s.opened for s in said.suggestions), reverse=True)
    best = said.suggestions[0]
    jobs = ["local", "dedicated", "regional"] if best.work == "home" else ["regional", "otr"]
    again = ask(add=[{"count": 20, "state": best.state, "equipment": [best.equipment], "jobs": jobs}])
    assert again.opened_count == best.opened


@pytest.mark.parametrize(
    "group",
    [
        {"count": 5, "equipment": ["bus"]},
        {"count": 5, "zip": "00000", "equipment": ["bus"]},
        {"count": 5, "state": "TX"},
    ],
)
def test_drivers_from_nowhere_or_for_nothing_are_refused(group: dict[str, Any]) -> None:
    with pytest.raises(AppError) as refusal:
        ask(add=[group])
    assert refusal.value.code == "invalid_data"


@pytest.mark.parametrize("asked", [{"remove": [{"state": ["ZZ"]}]}, {"suggestStates": ["ZZ"], "suggestCount": 5}])
def test_a_state_that_is_none_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(AppError, match="no state ZZ"):
        ask(**asked)
