"""A time zone says where it is known from and how sure it is; an unknown one may be any."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.accounts.choices import Channel
from headhaul.accounts.services.reaching import recipient_of
from headhaul.actions import dispatch
from headhaul.compliance import check_can_reach
from headhaul.kernel import Actor, ComplianceRefused
from headhaul.kernel.zones import FIFTY
from headhaul.security.models import User
from tests.cast import NOON

pytestmark = pytest.mark.django_db

TOLL_FREE = "800-555-0100"


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


def zone(contact: Any) -> tuple[str, str, str]:
    return contact.timezone, contact.timezone_source, contact.timezone_confidence


@pytest.fixture
def rosa_in_chicago(rosa: Actor) -> Actor:
    """The sender's own zone must never leak into a contact."""
    User.objects.filter(pk=rosa.user_id).update(timezone="America/Chicago")
    return rosa


@pytest.mark.parametrize(
    ("account", "phone", "expected"),
    [
        ({}, TOLL_FREE, ("", "", "")),
        ({}, None, ("", "", "")),
        ({"zip": "79901"}, TOLL_FREE, ("America/Denver", "account", "medium")),
        ({"state": "TX"}, None, ("America/Chicago", "account", "low")),
        ({"state": "OH"}, None, ("America/New_York", "account", "medium")),
        ({"zip": "79901"}, "213-555-0100", ("America/Los_Angeles", "area_code", "medium")),
        ({"zip": "83201"}, "208-555-0100", ("America/Boise", "area_code", "low")),
        ({"phone": "213-555-0100"}, None, ("America/Los_Angeles", "account", "medium")),
    ],
)
def test_a_zone_is_derived_in_order_with_source_and_confidence(
    rosa_in_chicago: Actor, account: dict[str, Any], phone: str | None, expected: tuple[str, str, str]
) -> None:
    made = do("createAccount", rosa_in_chicago, name="X", **account)
    phones = [{"number": phone}] if phone else []
    assert zone(do("createContact", rosa_in_chicago, accountId=made.id, name="Joe", phones=phones)) == expected


def test_what_a_person_set_stays_whatever_else_changes(rosa: Actor) -> None:
    account = do("createAccount", rosa, name="X", zip="79901")
    joe = do("createContact", rosa, accountId=account.id, name="Joe", timezone="America/New_York")
    joe = do("updateContact", rosa, contactId=joe.id, version=1, phones=[{"number": "213-555-0100"}])
    do("updateAccount", rosa, accountId=account.id, version=1, zip="75201")
    joe = do("getContact", rosa, contactId=joe.id)
    assert zone(joe) == ("America/New_York", "person", "high")
    assert joe.zones == ["America/New_York", "America/Los_Angeles", "America/Chicago"]  # texts and calls suit all
    joe = do("updateContact", rosa, contactId=joe.id, version=joe.version, timezone=None)
    assert zone(joe) == ("America/Los_Angeles", "area_code", "medium")


def test_an_account_that_moves_takes_along_who_has_its_zone(rosa: Actor) -> None:
    account = do("createAccount", rosa, name="X", zip="79901")
    with_account = do("createContact", rosa, accountId=account.id, name="Ann")
    by_number = do("createContact", rosa, accountId=account.id, name="Bob", phones=[{"number": "2135550100"}])
    do("updateAccount", rosa, accountId=account.id, version=1, zip="10001")
    assert zone(do("getContact", rosa, contactId=with_account.id))[0] == "America/New_York"
    assert zone(do("getContact", rosa, contactId=by_number.id))[0] == "America/Los_Angeles"


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.CALL])
def test_an_unknown_zone_may_be_any_of_the_fifty_states_and_waits_until_all_are_awake(
    rosa_in_chicago: Actor, channel: Channel
) -> None:
    account = do("createAccount", rosa_in_chicago, name="X")
    joe = do("createContact", rosa_in_chicago, accountId=account.id, name="Joe", phones=[{"number": TOLL_FREE}])
    do(
        "setConsent",
        rosa_in_chicago,
        contactId=joe.id,
        channel=channel.value,
        status="opted_in",
        source="form",
        evidence="form 7",
        basis="express_written",
    )
    recipient = recipient_of(contact_id=joe.id, channel=channel, by=rosa_in_chicago)
    assert recipient.zones == FIFTY
    with pytest.raises(ComplianceRefused, match=r"Adak|Honolulu") as refusal:
        check_can_reach(recipient, at=NOON.replace(hour=18))
    assert "nextAllowedAt" in refusal.value.fields
    check_can_reach(recipient, at=NOON.replace(hour=21))
