"""Whoever is given something hears of it at once, and the link opens our own page."""

from __future__ import annotations

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from tests.activities.conftest import account, do, rick

__all__ = ["account", "rick"]
pytestmark = pytest.mark.django_db


def test_an_assignment_is_the_first_thing_its_new_owner_reads(max_: Actor, rick: Actor, account: Account) -> None:
    do("assignAccount", max_, accountId=account.pk, ownerId=rick.user_id)
    first = do("getNotifications", rick).items[0]
    assert (first.kind, first.account.id, first.read_at) == ("assigned", account.pk, None)


def test_being_given_the_same_again_is_no_news(max_: Actor, rick: Actor, account: Account) -> None:
    for _ in range(2):
        do("assignAccount", max_, accountId=account.pk, ownerId=rick.user_id)
    assert do("getNotifications", rick).total == 1
