"""Rows that become accounts."""

from __future__ import annotations

from headhaul.accounts.models import Account, FieldChange
from headhaul.kernel import Actor
from tests.accounts.importing.conftest import Upload, ask, errors, importing, rows
from tests.factories.market import carrier

BLUE = {"Carrier name": "Blue Mesa Freight", "USDOT #": "158121", "State": "Texas", "Phone": "(512) 555-0100"}


def test_a_row_becomes_an_account_with_all_that_follows(max_: Actor) -> None:
    run = rows(max_, "accounts", BLUE | {"Tags": "Hot; MATS", "Trucks": "42", "Zip": "78701"})
    assert (run.created, run.failed, run.state) == (1, 0, "done")
    account = Account.objects.get()
    assert (account.dot_number, account.state, account.phone_key) == (158121, "TX", "+15125550100")
    assert (account.region, account.segment, account.fleet_source) == ("south_central", "regional", "person")
    assert (account.timezone, account.source) == ("America/Chicago", "import")
    assert list(account.tags.values_list("tag", flat=True).order_by("tag")) == ["hot", "mats"]
    assert account.score
    assert account.pulse
    assert FieldChange.objects.get(account=account, field="status").source == "import"


def test_the_census_fills_what_the_file_leaves_out(max_: Actor) -> None:
    carrier(158121, legal_name="BLUE MESA FREIGHT LLC", phy_state="TX", phy_city="AUSTIN", effective_units=42)
    run = rows(max_, "accounts", {"DOT": "0158121"})
    account = Account.objects.get()
    assert run.created == 1
    assert (account.name, account.city, account.fleet_source) == ("BLUE MESA FREIGHT LLC", "AUSTIN", "fmcsa_census")


def test_the_same_rows_again_change_nothing(max_: Actor) -> None:
    rows(max_, "accounts", BLUE)
    before = Account.objects.get()
    again = rows(max_, "accounts", BLUE)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert Account.objects.get().version == before.version


def test_what_differs_is_written_with_its_history(max_: Actor) -> None:
    rows(max_, "accounts", BLUE)
    run = rows(max_, "accounts", BLUE | {"Phone": "512-555-0199"})
    assert run.updated == 1
    change = FieldChange.objects.get(field="phone")
    assert (change.old, change.new, change.batch_id) == ("(512) 555-0100", "512-555-0199", f"import-{run.id}")


def test_a_row_that_names_two_accounts_fails_and_says_why(max_: Actor) -> None:
    rows(max_, "accounts", {"Name": "Acme", "State": "TX"}, {"Name": "Acme", "State": "OK"})
    run = rows(max_, "accounts", {"Name": "ACME", "City": "Tulsa"})
    assert run.failed == 1
    assert errors(max_, run) == ["2 accounts fit; give another field that tells them apart"]


def test_a_row_later_in_the_file_sees_the_account_that_an_earlier_one_made(max_: Actor) -> None:
    run = rows(max_, "accounts", BLUE, {"USDOT #": "158121", "City": "Austin"})
    assert (run.created, run.updated, run.failed) == (1, 1, 0)
    assert Account.objects.get().city == "Austin"


def test_only_new_ones_means_that_the_others_are_named_as_skipped(max_: Actor) -> None:
    rows(max_, "accounts", BLUE)
    run = rows(max_, "accounts", BLUE, {"USDOT #": "7", "Carrier name": "Seven"}, mode="create")
    assert (run.created, run.skipped) == (1, 1)
    assert errors(max_, run) == ["Blue Mesa Freight is there already"]


def test_only_known_ones_means_that_the_others_are_named_as_skipped(max_: Actor) -> None:
    rows(max_, "accounts", BLUE)
    run = rows(max_, "accounts", BLUE | {"City": "Austin"}, {"USDOT #": "7", "Carrier name": "Seven"}, mode="update")
    assert (run.updated, run.skipped) == (1, 1)
    assert errors(max_, run) == ["there is no such account to update"]


def test_blank_cells_say_nothing_unless_they_are_to_clear(max_: Actor) -> None:
    rows(max_, "accounts", BLUE)
    blank = {"USDOT #": "158121", "Phone": "", "Carrier name": ""}
    assert rows(max_, "accounts", blank).unchanged == 1
    assert rows(max_, "accounts", blank, clearBlanks=True).updated == 1
    account = Account.objects.get()
    assert (account.phone, account.phone_key, account.name) == ("", "", "Blue Mesa Freight")


def test_filling_leaves_what_is_there(max_: Actor) -> None:
    rows(max_, "accounts", BLUE)
    run = rows(max_, "accounts", BLUE | {"Phone": "512-555-0199", "City": "Austin"}, fillsOnly=True)
    account = Account.objects.get()
    assert (run.updated, account.city, account.phone) == (1, "Austin", "(512) 555-0100")


def test_what_does_not_fit_is_said_by_column_and_value(max_: Actor) -> None:
    run = rows(max_, "accounts", BLUE | {"State": "Texass", "Trucks": "many"})
    (row,) = ask("getImportErrors", {"importId": run.id}, max_).items
    assert (row.column, row.value) == ("State", "Texass")
    assert row.reason == "State is no state; write two letters, as TX; Trucks is no number"
    assert Account.objects.count() == 0


def test_a_value_is_put_right_once_for_all_rows(max_: Actor) -> None:
    given = [{"Name": f"Fleet {n}", "State": "Texass"} for n in range(3)]
    run = rows(max_, "accounts", *given, valueFixes={"State": {"texass": "TX"}})
    assert run.created == 3
    assert set(Account.objects.values_list("state", flat=True)) == {"TX"}


def test_an_owner_is_named_by_address_or_name(max_: Actor, rosa: Actor) -> None:
    run = rows(max_, "accounts", {"Name": "A", "Owner": "rosa@example.com"}, {"Name": "B", "Owner": "Rosa"},
               {"Name": "C", "Owner": "Nobody"})  # fmt: skip
    assert (run.created, run.failed) == (2, 1)
    assert Account.objects.filter(owner_id=rosa.user_id).count() == 2


def test_a_file_is_imported_by_a_worker(max_: Actor, upload: Upload) -> None:
    run = importing(max_, entity="accounts", uploadId=upload("Company;USDOT\nÅkeri Süd;7\n".encode("cp1252")))
    assert (run.state, run.created, run.percent) == ("done", 1, 100)
    assert Account.objects.get().name == "Åkeri Süd"


def test_a_zone_of_a_file_stays_the_files_when_the_account_is_edited(max_: Actor) -> None:
    rows(max_, "accounts", {"Company": "Blue Mesa", "State": "TX", "Time zone": "America/New_York"})
    account = Account.objects.get()
    assert (account.timezone, account.timezone_source) == ("America/New_York", "file")
    ask("updateAccount", {"accountId": account.pk, "version": account.version, "phone": "512-555-0100"}, max_)
    account.refresh_from_db()
    assert (account.timezone, account.timezone_source) == ("America/New_York", "file")
    rows(max_, "accounts", {"Company": "Blue Mesa", "Phone": "214-555-0100"}, matchOn=["name"])
    account.refresh_from_db()
    assert (account.timezone, account.timezone_source) == ("America/New_York", "file")
