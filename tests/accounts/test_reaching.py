"""Where the recipient of a message may be: by number, account and segment, and never where the sender is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headhaul.accounts.choices import Channel
from headhaul.accounts.models import Account, Contact, ContactEmail, ContactPhone
from headhaul.accounts.services.reaching import recipient_at, recipient_of, recipients_of
from headhaul.compliance.judging.windows import next_allowed
from headhaul.kernel import Actor
from headhaul.kernel.places import STATES
from headhaul.kernel.zones import CONTIGUOUS, FIFTY, of_state, zone_info
from tests.activities.conftest import do
from tests.cast import NOON

DALLAS = "+12145550100"


def person(
    *,
    number: str = DALLAS,
    email: str = "joe@fleet.example",
    validity: str = "unknown",
    own: Sequence[str] = (),
    **of: Any,
) -> Contact:
    account = Account.objects.create(name="X", created_at=NOON, updated_at=NOON, **of)
    zone = dict(zip(("timezone", "timezone_source", "timezone_confidence"), own, strict=False))
    joe = Contact.objects.create(account=account, name="Joe", created_at=NOON, updated_at=NOON, **zone)
    ContactPhone.objects.create(contact=joe, number=number, is_primary=True, validity=validity)
    ContactEmail.objects.create(contact=joe, address=email, is_primary=True, validity=validity)
    return joe


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "of", "zones", "states", "country"),
    [
        (DALLAS, {"state": "TX"}, {"America/Chicago", "America/Denver"}, ("TX",), "US"),
        (DALLAS, {"state": "OH"}, {"America/Chicago", "America/New_York"}, ("TX", "OH"), "US"),
        (DALLAS, {"segment": "owner_operator", "state": "TX"}, {*CONTIGUOUS}, ("TX",), "US"),
        ("+18005550100", {}, set(FIFTY), (), ""),
        ("+18005550100", {"segment": "owner_operator"}, set(CONTIGUOUS), (), ""),
        ("+14165550100", {"state": "ON"}, {"America/Toronto"}, ("ON",), ""),
        ("+14165550100", {"state": "TX"}, {"America/Toronto", "America/Chicago", "America/Denver"}, ("ON", "TX"), ""),
        ("+14165550100", {}, {"America/Toronto"}, ("ON",), "CA"),
        ("+442079460000", {"state": "TX"}, {"Europe/London", "America/Chicago", "America/Denver"}, ("TX",), "GB"),
    ],
)
def test_a_number_may_be_where_it_is_from_and_where_the_account_is(
    number: str, of: dict[str, str], zones: set[str], states: tuple[str, ...], country: str
) -> None:
    joe = person(number=number, **of)
    found = recipients_of([joe.pk], Channel.CALL)[joe.pk]
    assert (set(found.zones), found.states, found.country) == (zones, states, country)
    assert (found.segment, found.account_id) == (of.get("segment", "unknown"), joe.account_id)


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["person", "file"])
@pytest.mark.parametrize(
    ("number", "of", "zones"),
    [
        (DALLAS, {"state": "TX"}, {"America/New_York", "America/Chicago", "America/Denver"}),
        (DALLAS, {"state": "TX", "zip": "75201"}, {"America/New_York", "America/Chicago"}),
        ("+12135550100", {"state": "CA"}, {"America/New_York", "America/Los_Angeles"}),
        (DALLAS, {"segment": "owner_operator", "state": "TX"}, {*CONTIGUOUS, "America/New_York"}),
        ("+18005550100", {}, set(FIFTY)),
    ],
)
def test_a_zone_that_was_entered_is_one_more_and_replaces_none(
    number: str, of: dict[str, str], zones: set[str], source: str
) -> None:
    said = ("America/New_York", source, "high")
    joe = person(number=number, own=said, **of)
    assert set(recipients_of([joe.pk], Channel.CALL)[joe.pk].zones) == zones
    of_account = dict(zip(("timezone", "timezone_source", "timezone_confidence"), said, strict=True))
    ann = person(number=number, email="ann@fleet.example", **of, **of_account)
    assert set(recipients_of([ann.pk], Channel.CALL)[ann.pk].zones) == zones


@pytest.mark.django_db
def test_a_zone_that_a_person_set_stands_alone_for_e_mail() -> None:
    joe = person(own=("America/Boise", "person", "high"), segment="owner_operator", state="TX")
    assert recipients_of([joe.pk], Channel.EMAIL)[joe.pk].zones == ("America/Boise",)


@pytest.mark.django_db
def test_the_hours_of_a_state_are_read_on_a_clock_of_its_own() -> None:
    """A ZIP code that is not in the state of the account leaves the state without a clock."""
    joe = person(number="+12125550100", state="CA", zip="10001")
    assert set(recipients_of([joe.pk], Channel.SMS)[joe.pk].zones) == {"America/New_York", "America/Los_Angeles"}


@pytest.mark.django_db
def test_what_a_rep_enters_brings_no_text_into_the_night(rosa: Actor) -> None:
    home = Account.objects.create(
        name="X", created_at=NOON, updated_at=NOON, state="CA", zip="90001", owner_id=rosa.user_id
    )
    joe = do("createContact", rosa, accountId=home.pk, name="Joe", phones=[{"number": "213-555-0199"}])
    do("updateContact", rosa, contactId=joe.id, version=joe.version, timezone="America/New_York")
    found = recipient_of(contact_id=joe.id, channel=Channel.SMS, by=rosa)
    at = NOON.replace(hour=13, minute=10)  # ten past eight in New York
    opens = next_allowed(found.zones, found.states, "sms", at=at, country=found.country)
    assert opens is not None
    assert opens.astimezone(zone_info("America/Los_Angeles")).strftime("%H:%M") == "08:05"


@pytest.mark.django_db
def test_one_and_many_and_a_quick_action_see_the_same(max_: Actor) -> None:
    joe = person(state="TX", dot_number=158121)
    many = recipients_of([joe.pk], Channel.SMS)[joe.pk]
    assert many == recipient_of(contact_id=joe.pk, channel=Channel.SMS, by=max_)
    assert many == recipient_at(account_id=joe.account_id, contact_id=joe.pk, channel="sms", address=DALLAS)
    assert many.dot_number == "158121"


@pytest.mark.django_db
def test_who_cannot_be_reached_is_left_out_and_all_others_are_found_in_one_question() -> None:
    fine = [person(email=f"{number}@fleet.example") for number in range(5)]
    bounced, gone = person(validity="bounced"), person()
    Contact.objects.filter(pk=gone.pk).update(has_left=True)
    with CaptureQueriesContext(connection) as asked:
        found = recipients_of([each.pk for each in (*fine, bounced, gone)], Channel.EMAIL)
    assert set(found) == {each.pk for each in fine}
    assert len(asked) == 1


def test_eight_zones_show_every_clock_of_the_fifty_states() -> None:
    """Who is in all of FIFTY is in every state: no state has a clock that none of them shows, on any day of a year."""
    moments = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(0, 365, 5)]

    def clock(name: str) -> tuple[Any, ...]:
        return tuple(moment.astimezone(zone_info(name)).utcoffset() for moment in moments)

    for states, chosen in ((set(STATES) - {"PR", "VI", "GU", "AS", "MP"}, FIFTY), (_contiguous(), CONTIGUOUS)):
        known = {clock(name) for name in chosen}
        assert {name for state in states for name in of_state(state) if clock(name) not in known} == set()


def _contiguous() -> set[str]:
    return set(STATES) - {"PR", "VI", "GU", "AS", "MP", "AK", "HI"}
