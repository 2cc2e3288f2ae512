"""An account for a carrier is opened once, whoever comes at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from headhaul.accounts.choices import AccountSource
from headhaul.accounts.errors import NotWorthy
from headhaul.accounts.models import Account, AccountScore, FieldChange
from headhaul.accounts.services.opening import Opening, open_from_signal, open_many
from headhaul.actions import dispatch
from headhaul.kernel import SYSTEM, Actor, NotFound
from tests.factories.market import NOON, TODAY, carrier, signals

pytestmark = pytest.mark.django_db


def test_an_account_takes_its_facts_from_the_census_and_its_score_from_the_signal(rosa: Actor) -> None:
    carrier(158121, dba_name="GIBLIN TRUCKING")
    signals(TODAY, {"dot_number": 158121, "score_hundredths": 7150})
    opened = dispatch("openFromSignal", {"dotNumber": "00158121"}, actor=rosa, at=NOON, door="http").payload
    account = opened.account
    assert opened.created
    assert (account.name, account.segment, account.region, account.state) == (
        "GIBLIN TRUCKING", "regional", "south_central", "TX"
    )  # fmt: skip
    assert (account.fleet_size, account.fleet_source, account.score) == (40, "fmcsa_census", 71.5)
    assert account.owner is not None
    assert account.owner.id == rosa.user_id


def test_opening_twice_gives_the_same_account(rosa: Actor) -> None:
    carrier(158121)
    first = dispatch("openFromSignal", {"dotNumber": 158121}, actor=rosa, at=NOON, door="http").payload
    second = dispatch("openFromSignal", {"dotNumber": 158121}, actor=rosa, at=NOON, door="http").payload
    assert (first.created, second.created) == (True, False)
    assert first.account.id == second.account.id


def test_a_carrier_that_fails_the_gate_is_refused_with_the_reason(rosa: Actor) -> None:
    carrier(7, status_code="I")
    with pytest.raises(NotWorthy, match="not active"):
        dispatch("openFromSignal", {"dotNumber": 7}, actor=rosa, at=NOON, door="http")


def test_a_number_the_census_does_not_know_is_not_found(rosa: Actor) -> None:
    with pytest.raises(NotFound, match="424242"):
        dispatch("openFromSignal", {"dotNumber": 424242}, actor=rosa, at=NOON, door="http")


def test_many_are_opened_in_one_go_and_those_that_exist_are_left_alone(rosa: Actor) -> None:
    for dot in (1, 2, 3):
        carrier(dot)
    open_from_signal(dot_number=2, at=NOON - timedelta(days=9), by=rosa)
    openings = [Opening(1, rosa.user_id), Opening(2, rosa.user_id), Opening(3), Opening(99)]
    made = open_many(openings=openings, source=AccountSource.AUTO_PROSPECTED, day=TODAY, at=NOON, by=SYSTEM)
    assert set(made) == {1, 3}
    assert Account.objects.get(dot_number=2).source == AccountSource.SIGNAL
    assert AccountScore.objects.count() == 3
    assert FieldChange.objects.filter(account__dot_number=1, field="owner", new=rosa.user_id).exists()


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_account() -> None:
    carrier(158121)
    made: list[bool] = []
    gate = threading.Barrier(8)

    def come() -> None:
        gate.wait()
        made.append(open_from_signal(dot_number=158121, at=NOON, by=SYSTEM).created)
        connection.close()

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 7 + [True]
    assert Account.objects.count() == AccountScore.objects.count() == 1
