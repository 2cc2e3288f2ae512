"""What is logged stands at the contact's own account and nowhere else."""

from __future__ import annotations

import pytest

from headhaul.accounts.models import Account, Contact
from headhaul.kernel import Actor, InvalidData
from tests.activities.conftest import account, account_named, contact_at, dana, do

__all__ = ["account", "dana"]
pytestmark = pytest.mark.django_db


def test_a_reply_of_a_contact_stands_at_their_account(rosa: Actor, account: Account, dana: Contact) -> None:
    other = account_named("Lone Star Reefer")  # of the same name
    do("logActivity", rosa, type="email", contactId=dana.pk, direction="in", outcome="replied")
    assert [each.contact.id for each in do("getTimeline", rosa, accountId=account.pk, kinds=["email"]).items] == [
        dana.pk
    ]
    assert do("getTimeline", rosa, accountId=other.pk, kinds=["email"]).items == []


def test_moving_an_entry_to_a_contact_of_another_account_is_refused(rosa: Actor, account: Account) -> None:
    made = do("logActivity", rosa, type="email", accountId=account.pk).activity
    stranger = contact_at(account_named("Other"), "Pat")
    with pytest.raises(InvalidData):
        do("updateActivity", rosa, activityId=made.id, version=1, contactId=stranger.pk)
