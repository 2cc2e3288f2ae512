"""Rows that become contacts, alone and with their accounts."""

from __future__ import annotations

from datetime import UTC, datetime

from headhaul.accounts.models import Account, Contact
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import Actor
from tests.accounts.importing.conftest import ask, errors, rows

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
