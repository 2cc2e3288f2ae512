"""History says who changed what, from, to and by which door, without the nightly noise; people have many addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.choices import AccountSource
from headhaul.accounts.models import FieldChange
from headhaul.accounts.services import scores
from headhaul.accounts.services.opening import open_from_signal
from headhaul.actions import dispatch
from headhaul.kernel import SYSTEM, Actor
from tests.factories.market import NOON, TODAY, carrier, signals

pytestmark = pytest.mark.django_db


def do(name: str, actor: Actor, /, door: str = "console", **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door=door).payload


def test_history_names_from_to_who_and_the_door(rosa: Actor) -> None:
    made = do("createAccount", rosa, name="Lone Star", state="TX")
    do("updateAccount", rosa, door="mcp", accountId=made.id, version=1, city="Austin", fleetSize=12, zip="73301")
    changes = do("getAccount", rosa, accountId=made.id).changes
    said = {change.field: (change.old, change.new, change.by) for change in changes}
    assert said["city"] == ("", "Austin", "Rosa")
    assert said["fleet_size"] == (None, 12, "Rosa")
    assert not said.keys() & {"phone_key", "domain", "timezone", "timezone_source", "timezone_confidence"}
    assert set(FieldChange.objects.filter(field="city").values_list("source", flat=True)) == {"mcp"}


def test_a_night_of_new_scores_writes_no_history(rosa: Actor) -> None:
    carrier(101)
    signals(TODAY, {"dot_number": 101})
    account = open_from_signal(dot_number=101, day=TODAY, source=AccountSource.AUTO_PROSPECTED, at=NOON, by=SYSTEM)
    before = FieldChange.objects.count()
    for night in range(1, 4):
        day = TODAY + timedelta(days=night)
        signals(day, {"dot_number": 101, "score_hundredths": 6000 + night})
        scores.refresh(day=day)
    assert FieldChange.objects.count() == before
    assert do("getAccount", rosa, accountId=account.account.pk).score == 60.03


def test_a_person_has_as_many_addresses_as_they_use_each_with_its_own_state(rosa: Actor) -> None:
    account = do("createAccount", rosa, name="Lone Star")
    mails = [{"address": f"joe{number}@lone-star.com", "label": f"box {number}"} for number in range(5)]
    numbers = [{"number": f"214555010{number}", "extension": str(number)} for number in range(5)]
    joe = do("createContact", rosa, accountId=account.id, name="Joe", emails=mails, phones=numbers)
    do(
        "setConsent", rosa, contactId=joe.id, channel="email", status="opted_out", source="call",
        address="joe3@lone-star.com",
    )  # fmt: skip
    joe = do("getContact", rosa, contactId=joe.id)
    assert [line.email.is_allowed for line in joe.emails] == [True, True, True, False, True]
    assert joe.reach.email == "allowed"
    assert len(joe.phones) == 5
