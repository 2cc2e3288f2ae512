"""Rows that become contacts, alone and with their accounts."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.db import connection

from headhaul.accounts.models import Account, Contact
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.judging.words import Proposal
from headhaul.compliance.models import ConsentEvent, Suppression
from headhaul.compliance.selectors.suppression import hits
from headhaul.compliance.services import bulk
from headhaul.kernel import Actor
from tests.accounts.importing.conftest import ask, errors, rows
from tests.factories.market import NOON

ANN = {"Full name": "Ann Lee", "Email": "Ann@Blue.example", "Cell": "512-555-0100", "Company": "Blue Mesa"}


def test_a_contact_comes_with_its_addresses_and_its_account(max_: Actor) -> None:
    run = rows(max_, "contacts", ANN | {"Job title": "VP", "Role": "HR", "Decision maker": "yes"})
    assert (run.created, run.failed) == (1, 0)
    contact = Contact.objects.get()
    assert (contact.account.name, contact.first_name, contact.role) == ("Blue Mesa", "Ann", "recruiting")
    assert contact.is_decision_maker
    assert (contact.timezone, contact.timezone_source) == ("America/Chicago", "area_code")
    email, phone = contact.emails.get(), contact.phones.get()
    assert (email.address, email.is_primary) == ("ann@blue.example", True)
    assert (phone.number, phone.label, phone.is_primary) == ("+15125550100", "mobile", True)


def test_a_zone_of_a_file_is_kept_as_the_files_and_never_against_a_persons(max_: Actor) -> None:
    given = ANN | {"Time zone": "America/Denver", "Company phone": "212-555-0100"}
    rows(max_, "contacts", given)
    contact = Contact.objects.get()
    assert (contact.timezone, contact.timezone_source) == ("America/Denver", "file")
    ask(
        "updateContact",
        {"contactId": contact.pk, "version": contact.version, "phones": [{"number": "+12125550100"}]},
        max_,
    )
    contact.refresh_from_db()
    assert (contact.timezone, contact.timezone_source) == ("America/Denver", "file")
    ask("updateContact", {"contactId": contact.pk, "version": contact.version, "timezone": "America/Chicago"}, max_)
    rows(max_, "contacts", given)
    contact.refresh_from_db()
    assert (contact.timezone, contact.timezone_source) == ("America/Chicago", "person")


def test_three_people_of_one_new_company_make_one_account(max_: Actor) -> None:
    given = [{"Full name": f"Person {n}", "Company": "Blue Mesa"} for n in range(3)]
    assert rows(max_, "contacts", *given).created == 3
    assert Account.objects.get().contacts.count() == 3


def test_the_same_contacts_again_change_nothing(max_: Actor) -> None:
    rows(max_, "contacts", ANN)
    again = rows(max_, "contacts", ANN)
    assert (again.unchanged, Contact.objects.count(), Account.objects.count()) == (1, 1, 1)


def test_another_address_is_added_and_none_is_lost(max_: Actor) -> None:
    rows(max_, "contacts", ANN)
    run = rows(max_, "contacts", ANN | {"Email": "ann.lee@blue.example; ann@blue.example"}, matchOn=["name"])
    assert run.updated == 1
    emails = Contact.objects.get().emails.order_by("pk").values_list("address", "is_primary")
    assert list(emails) == [("ann@blue.example", True), ("ann.lee@blue.example", False)]


def test_without_an_account_to_be_found_or_made_the_row_says_so(max_: Actor) -> None:
    run = rows(max_, "contacts", ANN, createsAccounts=False)
    assert errors(max_, run) == ["there is no such account"]
    assert Account.objects.count() == 0


def test_a_row_that_fails_makes_no_account_either(max_: Actor) -> None:
    run = rows(max_, "contacts", ANN | {"Full name": ""})
    assert errors(max_, run) == ["a contact needs a name"]
    assert Account.objects.count() == 0


def test_one_file_brings_accounts_and_their_people(max_: Actor) -> None:
    given = {"Company": "Blue Mesa", "USDOT": "7", "Account: Trucks": "42", "Full name": "Ann Lee"}
    run = rows(max_, "accountsAndContacts", given, given | {"Full name": "Bo Ray", "Account: Trucks": "43"})
    assert (run.created, run.failed) == (2, 0)
    assert Account.objects.get().fleet_size == 43


def test_a_no_is_taken_from_anybody_and_closes_every_channel(max_: Actor) -> None:
    assert rows(max_, "contacts", ANN | {"DNC": "true"}).created == 1
    said = ConsentEvent.objects.values_list("address", "channel", "status", "source")
    assert sorted(said) == [
        ("+15125550100", "all", "opted_out", "Import of rows of the call"),
        ("ann@blue.example", "all", "opted_out", "Import of rows of the call"),
    ]


def denied(contact_id: int) -> list[tuple[str, str, str]]:
    """What is denied of the person, wherever they are."""
    rows = Suppression.objects.filter(scope="contact", key=str(contact_id), is_lift=False)
    return sorted(rows.values_list("channel", "reason", "source"))


def is_denied_at(contact: Contact, address: str, channel: ConsentChannel) -> bool:
    asked = Proposal(channel=channel, address=address, contact_id=contact.pk, account_id=contact.account_id)
    return bool(hits(asked, at=datetime(2027, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("column", "says", "channel"),
    [("DNC", "true", "all"), ("Email opt in", "no", "email"), ("SMS opt in", "no", "sms")],
)
def test_a_no_in_a_file_follows_the_person_to_another_address(
    max_: Actor, column: str, says: str, channel: str
) -> None:
    rows(max_, "contacts", ANN | {column: says})
    ann = Contact.objects.get()
    assert {each[:2] for each in denied(ann.pk)} == {(channel, "opt_out")}
    rows(max_, "contacts", ANN | {"Email": "new@blue.example", "Cell": "512-555-0199"}, matchOn=["name"])
    new = "+15125550199" if channel == "sms" else "new@blue.example"
    assert is_denied_at(ann, new, ConsentChannel("email" if channel == "all" else channel))


def test_one_who_is_known_is_denied_too_and_others_are_not(max_: Actor) -> None:
    rows(max_, "contacts", ANN, ANN | {"Full name": "Bo Ray", "Email": "bo@blue.example", "Cell": "512-555-0101"})
    rows(max_, "contacts", {"Email": "ann@blue.example", "Company": "Blue Mesa", "DNC": "true"})
    ann, bo = Contact.objects.order_by("pk")
    assert denied(ann.pk)
    assert not denied(bo.pk)


def test_the_same_list_again_denies_nobody_twice(max_: Actor) -> None:
    rows(max_, "contacts", ANN | {"DNC": "true"})
    before = Suppression.objects.count()
    assert rows(max_, "contacts", ANN | {"DNC": "true"}).unchanged == 1
    assert Suppression.objects.count() == before


def test_a_second_person_with_a_refused_address_is_denied_when_a_file_says_so_of_them(max_: Actor) -> None:
    rows(max_, "contacts", ANN | {"DNC": "true"})
    rows(max_, "contacts", ANN | {"Full name": "Bo Ray", "DNC": "true"}, matchOn=["name"])
    bo = Contact.objects.get(name="Bo Ray")
    assert {each[:2] for each in denied(bo.pk)} == {("all", "opt_out")}


def test_what_was_imported_before_follows_since_the_migration(max_: Actor) -> None:
    rows(max_, "contacts", ANN)
    ann = Contact.objects.get()
    said = bulk.Statement("ann@blue.example", ConsentChannel.EMAIL, ConsentStatus.OPTED_OUT, "Import of old.csv", NOON)
    bulk.record_many(statements=[said], by=max_, at=NOON)
    assert not denied(ann.pk)
    fill = import_module("headhaul.accounts.migrations.0020_imported_refusals_follow_the_person")
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(fill.FOLLOW)
    assert denied(ann.pk) == [("email", "opt_out", f"consent:{ConsentEvent.objects.get().pk}")]


def test_a_yes_needs_to_say_where_it_was_given(max_: Actor) -> None:
    refused = rows(max_, "contacts", ANN | {"SMS opt in": "yes"})
    assert refused.failed == 1
    assert "where" in errors(max_, refused)[0]
    taken = rows(max_, "contacts", ANN | {"SMS opt in": "yes"}, consentSource="MATS booth form")
    assert taken.created == 1
    said = ConsentEvent.objects.get()
    assert (said.address, said.channel, said.status, said.source) == (
        "+15125550100",
        "sms",
        "opted_in",
        "Import: MATS booth form",
    )


def test_a_yes_of_no_date_does_not_undo_a_no(max_: Actor) -> None:
    rows(max_, "contacts", ANN | {"Email opt in": "no"})
    run = rows(max_, "contacts", ANN | {"Email opt in": "yes", "Title": "VP"}, consentSource="an old list")
    assert run.failed == 1
    assert "opted out on" in errors(max_, run)[0]
    assert Contact.objects.get().title == ""


def test_a_yes_that_came_later_than_the_no_counts(max_: Actor) -> None:
    rows(max_, "contacts", ANN | {"Email opt in": "no", "Consent date": "2026-01-02"}, consentSource="a call")
    later = ANN | {"Email opt in": "yes", "Consent date": "2026-03-04 10:00"}
    assert rows(max_, "contacts", later, consentSource="web form").updated == 1
    assert ConsentEvent.objects.latest("pk").captured_at == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_what_was_said_before_is_not_said_twice(max_: Actor) -> None:
    rows(max_, "contacts", ANN | {"DNC": "true"})
    assert rows(max_, "contacts", ANN | {"DNC": "true"}).unchanged == 1
    assert ConsentEvent.objects.count() == 2


def test_two_people_of_one_name_at_two_companies_are_two(max_: Actor) -> None:
    given = [{"Full name": "Ann Lee", "Company": company} for company in ("Blue Mesa", "Red Butte")]
    assert rows(max_, "contacts", *given).created == 2
