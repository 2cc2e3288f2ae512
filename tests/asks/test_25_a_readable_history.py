"""Nightly writes do not flood the timeline, and a change says the new value."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from tests.activities.conftest import account, do
from tests.activities.test_timeline import change
from tests.cast import NOON

__all__ = ["account"]
pytestmark = pytest.mark.django_db


def test_a_week_of_nights_is_one_entry_that_says_from_what_to_what(rosa: Actor, account: Account) -> None:
    monday = NOON - timedelta(days=NOON.weekday())
    for night in range(5):
        change(account, "fleet_size", 40 + night, 41 + night, monday + timedelta(days=night), None)
        change(account, "phone", f"+{night}", f"+{night + 1}", monday + timedelta(days=night), None)
    found = do("getTimeline", rosa, accountId=account.pk, kinds=["change"]).items
    assert len(found) == 1
    assert found[0].at == monday + timedelta(days=4)
    fleet, phone = found[0].changes
    assert (fleet.field, fleet.old, fleet.new, fleet.count) == ("fleet_size", 40, 45, 5)
    assert (phone.field, phone.old, phone.new, phone.count) == ("phone", "+0", "+5", 5)


def test_what_a_person_saved_at_once_is_one_entry_with_every_new_value(rosa: Actor, account: Account) -> None:
    version = account.version
    do("updateAccount", rosa, accountId=account.pk, version=version, city="Dallas", phone="2145550199")
    entry = do("getTimeline", rosa, accountId=account.pk, kinds=["change"]).items[0]
    said = {each.field: each.new for each in entry.changes}
    assert said["city"] == "Dallas"
    assert "phone" in said
    assert entry.actor.id == rosa.user_id


def test_people_are_not_hidden_behind_machines(rosa: Actor, account: Account) -> None:
    for night in range(60):
        change(account, "fleet_size", night, night + 1, NOON - timedelta(days=night, hours=1), None)
    do("logActivity", rosa, type="call", accountId=account.pk, happenedAt=(NOON - timedelta(days=30)).isoformat())
    shown = do("getTimeline", rosa, accountId=account.pk, limit=10).items
    assert "call" in {each.kind for each in shown}
