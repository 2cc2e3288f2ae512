"""Undo of an import: what it made goes, what it changed is as before, what people touched since stays and is named."""

from __future__ import annotations

import pytest

from headhaul.accounts.errors import ImportIsOpen
from headhaul.accounts.models import Account, Contact
from headhaul.accounts.preferences import Visibility
from headhaul.accounts.selectors.imports import kept_file
from headhaul.activities.models import Activity
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import SYSTEM, Actor, NotFound, Role
from headhaul.outreach.models import InboundMessage
from headhaul.preferences.services import values
from tests.accounts.importing.conftest import ask, rows
from tests.cast import NOON
from tests.factories.market import person


def undone(by: Actor, run: object) -> object:
    """The import, taken back."""
    return ask("undoImport", {"importId": run.id}, by)  # type: ignore[attr-defined]


def test_all_that_an_import_made_goes(max_: Actor) -> None:
    run = rows(max_, "contacts", {"Full name": "Ann", "Company": "Blue", "DNC": "yes", "Email": "a@blue.example"})
    back = undone(max_, run)
    assert (back.state, back.reversed, back.kept) == ("undone", 2, 0)
    assert (Account.objects.count(), Contact.objects.count()) == (0, 0)
    assert ConsentEvent.objects.count() == 1  # a no stays, whoever brought it


def test_changed_fields_are_as_before_unless_somebody_changed_them_since(max_: Actor) -> None:
    blue = {"USDOT": "7", "Company": "Blue", "City": "Austin", "Phone": "512-555-0100", "Tags": "old"}
    rows(max_, "accounts", blue)
    run = rows(max_, "accounts", blue | {"City": "Tulsa", "Phone": "512-555-0199", "Tags": "new"})
    account = Account.objects.get()
    ask("updateAccount", {"accountId": account.pk, "version": account.version, "city": "Waco"}, max_)
    back = undone(max_, run)
    account.refresh_from_db()
    assert (account.city, account.phone, account.phone_key) == ("Waco", "512-555-0100", "+15125550100")
    assert list(account.tags.values_list("tag", flat=True)) == ["old"]
    assert (back.reversed, back.kept) == (0, 1)
    (kept,) = ask("getImportKept", {"importId": run.id}, max_).items
    assert (kept.name, kept.reason) == ("Blue", "city changed since and stays")


def test_what_people_worked_with_is_kept_and_named(max_: Actor) -> None:
    run = rows(max_, "accounts", {"Company": "Blue"}, {"Company": "Red"}, {"Company": "Green"})
    blue, red = Account.objects.get(name="Blue"), Account.objects.get(name="Red")
    Activity.objects.create(account=blue, type="note", happened_at=NOON, created_at=NOON)
    ask("updateAccount", {"accountId": red.pk, "version": red.version, "city": "Waco"}, max_)
    back = undone(max_, run)
    assert (back.reversed, back.kept) == (1, 2)
    assert "".join(kept_file(import_id=run.id, by=SYSTEM)).splitlines() == [
        "Kind,ID,Name,Why it was kept",
        f"account,{blue.pk},Blue,it has 1 activity now",
        f"account,{red.pk},Red,it was changed since",
    ]


def test_an_import_is_taken_back_once_and_a_dry_run_never(max_: Actor) -> None:
    run = rows(max_, "accounts", {"Company": "Blue"})
    undone(max_, run)
    with pytest.raises(ImportIsOpen):
        undone(max_, run)
    with pytest.raises(ImportIsOpen, match="dry run"):
        undone(max_, rows(max_, "accounts", {"Company": "Blue"}, dryRun=True))


def test_after_the_undo_the_same_file_comes_in_anew(max_: Actor) -> None:
    given = {"Company": "Blue", "Record ID": "rec1"}
    undone(max_, rows(max_, "accounts", given))
    assert rows(max_, "accounts", given).created == 1


def test_only_who_sees_the_work_of_its_owner_sees_and_undoes_an_import(max_: Actor, ada: Actor) -> None:
    """With managers who see their team: another team's file, cells and records are none of theirs."""
    run = rows(max_, "contacts", {"Full name": "Ann", "Company": "Blue"})
    values.save(section=Visibility, values={"managers": "team"}, expected_version=0, by=ada, at=NOON)
    moe = person("Moe", Role.MANAGER)
    for name in ("getImport", "getImportErrors", "getImportKept", "stopImport", "undoImport"):
        with pytest.raises(NotFound):
            ask(name, {"importId": run.id}, moe)
    assert ask("getRecordImports", {}, moe).items == []
    assert [each.id for each in ask("getRecordImports", {}, max_).items] == [run.id]
    assert Contact.objects.count() == 1
    assert undone(ada, run).state == "undone"


def test_only_who_sees_the_work_of_its_owner_takes_a_bulk_change_back(max_: Actor, ada: Actor) -> None:
    made = ask("createAccount", {"name": "Blue"}, max_)
    changes = {"accountIds": [made.id], "changes": {"status": "client"}}
    batch = ask("bulkUpdateAccounts", changes, max_).batch_id
    values.save(section=Visibility, values={"managers": "team"}, expected_version=0, by=ada, at=NOON)
    with pytest.raises(NotFound):
        ask("undoBulkUpdate", {"batchId": batch}, person("Moe", Role.MANAGER))
    ask("undoBulkUpdate", {"batchId": batch}, max_)
    assert Account.objects.get().status == "target"


def test_every_column_of_what_an_import_changed_is_as_it_was(max_: Actor) -> None:
    first = [
        {"USDOT": str(10 + n), "Company": f"Blue {n}", "City": "Austin", "State": "TX", "Phone": f"512-555-01{n:02}",
         "Fleet": str(n + 1), "Status": "prospecting"}
        for n in range(12)
    ]  # fmt: skip
    rows(max_, "accounts", *first)
    before = list(Account.objects.order_by("pk").values())
    changed = [
        row | {"Company": f"Red {n}", "Phone": "", "State": "OK"} if n % 2 else row | {"City": "Waco", "Fleet": "70"}
        for n, row in enumerate(first)
    ]
    run = rows(max_, "accounts", *changed)
    assert run.updated == 12
    back = undone(max_, run)
    assert (back.reversed, back.kept) == (12, 0)
    after = list(Account.objects.order_by("pk").values())
    moved = {"version", "updated_at"}
    assert [{k: v for k, v in row.items() if k not in moved} for row in after] == [
        {k: v for k, v in row.items() if k not in moved} for row in before
    ]
    assert {row["version"] for row in after} == {3}


def test_what_only_names_a_record_loses_its_link_and_stays(max_: Actor) -> None:
    run = rows(max_, "accounts", {"Company": "Blue"}, {"Company": "Red"})
    blue = Account.objects.get(name="Blue")
    came_in = InboundMessage.objects.create(
        account=blue,
        channel="email",
        source="test",
        key="1",
        kind="reply",
        from_address="a@blue.example",
        received_at=NOON,
        stored_at=NOON,
    )
    back = undone(max_, run)
    came_in.refresh_from_db()
    assert (back.reversed, back.kept, came_in.account_id) == (2, 0, None)
    assert not Account.objects.exists()
