"""Drivers pushed in batches through the door."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.actions import dispatch
from headhaul.carriers.models import Driver
from headhaul.kernel import Actor, AppError
from tests.carriers.conftest import AT

ANN = {
    "driverId": "X1",
    "homeZip": "75201",
    "cdlClass": "A",
    "equipment": ["reefer", "hovercraft"],
    "endorsements": "X",
}


def push(actor: Actor, *drivers: dict[str, Any]) -> Any:
    return dispatch("upsertDrivers", {"drivers": list(drivers)}, actor=actor, at=AT, door="http").payload


def test_a_batch_is_taken_and_who_cannot_be_is_named(max_: Actor) -> None:
    done = push(max_, ANN, {"driverId": "a@b.co", "homeState": "TX"}, ANN | {"driverId": "X2", "cdlClass": "Q"})
    assert (done.inserted, [(each.index, each.field) for each in done.refused]) == (
        1,
        [(1, "driver_id"), (2, "cdl_class")],
    )
    assert "hovercraft (2)" in done.notes[0]
    driver = Driver.objects.get()
    assert (driver.home_state, driver.endorsements, driver.equipment_mask) == ("TX", "HN", 2)


def test_the_same_batch_again_changes_nothing(max_: Actor) -> None:
    push(max_, ANN)
    assert push(max_, ANN).unchanged == 1


def test_facts_that_are_left_out_stay(max_: Actor) -> None:
    push(max_, ANN)
    assert push(max_, {"driverId": "X1", "status": "placed"}).updated == 1
    assert Driver.objects.values_list("status", "equipment_mask").get() == ("placed", 2)


@pytest.mark.parametrize("extra", [{"name": "Ann"}, {"phone": "5550100"}, {"email": "a@b.co"}])
def test_personal_facts_have_no_field(max_: Actor, extra: dict[str, str]) -> None:
    with pytest.raises(AppError) as refusal:
        push(max_, ANN | extra)
    assert refusal.value.code == "invalid_data"


def test_a_viewer_may_not_push(vera: Actor) -> None:
    with pytest.raises(AppError) as refusal:
        push(vera, ANN)
    assert refusal.value.code == "forbidden"
