"""Airtable in and out, over real HTTP and from folders of CSV exports."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from headhaul.accounts.errors import AirtableAway, AirtableRefused
from headhaul.accounts.gateways import airtable
from headhaul.accounts.models import Account, Contact, ExternalId
from headhaul.activities.models import Activity
from headhaul.carriers.gateways.pacing import Pacer
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import Actor, Forbidden
from headhaul.pipeline.models import Opportunity, Playbook, ValueProp
from tests.accounts.importing.airtable_world import ACCOUNTS, CONTACTS, exported, imported
from tests.accounts.importing.conftest import Upload, ask, rows
from tests.fakes.airtable_server import BASE, TOKEN, AirtableServer, broken, cut, too_many


def fill(server: AirtableServer) -> list[str]:
    """The plan's world in small; the accounts' ids."""
    blue, red = server.put(
        ACCOUNTS,
        {"carrier_dot": "158121", "carrier_name": "Blue Mesa", "status": "prospecting", "segment": "mid_market",
         "fleet_size": 210, "owner_id": "rosa@example.com"},
        {"carrier_dot": "7", "carrier_name": "Red Butte", "owner_id": "wix-member-1", "legacy": "x"},
    )  # fmt: skip
    server.put(
        CONTACTS,
        {"account_id": blue, "name": "Ann Lee", "role": "owner", "email": "ann@blue.example",
         "consent_status": "opted_out", "timezone": "America/Denver"},
        {"account_id": [red], "name": "Bo Ray", "phone": "512-555-0100", "consent_status": "unknown"},
    )  # fmt: skip
    server.put("v2_B2B Opportunities", {"account_id": blue, "stage": "discovery", "value_estimate": "25000"})
    server.put("v2_B2B Activities", {"account_id": blue, "type": "call", "subject": "Intro", "outcome": "connected"})
    server.put("v2_B2B Playbooks", {"name": "First call", "steps": '["Call"]', "is_active": "true"})
    server.put("v2_B2B Value Props", {"name": "Reefer", "message": "38 drivers", "is_active": "false"})
    server.put(
        "v2_B2B Spend",
        {"period_start": "2026-10-01", "period_end": "2026-10-31", "channel": "event", "amount": "4200", "notes": ""},
    )
    return [blue, red]


def test_all_tables_with_a_home_come_in_linked(max_: Actor, rosa: Actor, server: AirtableServer) -> None:
    fill(server)
    runs = imported(max_)
    assert [(run.file_name, run.state, run.created, run.failed) for run in runs] == [
        (ACCOUNTS, "done", 2, 0), (CONTACTS, "done", 2, 0), ("v2_B2B Opportunities", "done", 1, 0),
        ("v2_B2B Sequences", "done", 0, 0), ("v2_B2B Sequence Steps", "done", 0, 0),
        ("v2_B2B Call Campaigns", "done", 0, 0),
        ("v2_B2B Activities", "done", 1, 0), ("v2_B2B Calls", "done", 0, 0), ("v2_B2B Emails", "done", 0, 0),
        ("v2_B2B Text Messages", "done", 0, 0), ("v2_B2B Lead Capture Events", "done", 0, 0),
        ("v2_B2B Lead Sources", "done", 0, 0), ("v2_B2B Playbooks", "done", 1, 0),
        ("v2_B2B Value Props", "done", 1, 0), ("v2_B2B Automation Rules", "done", 0, 0),
        ("v2_B2B Spend", "done", 1, 0), ("v2_B2B Competitor Intel", "done", 0, 0),
    ]  # fmt: skip
    blue = Account.objects.get(dot_number=158121)
    assert (blue.name, blue.status, blue.fleet_size, blue.owner_id) == ("Blue Mesa", "prospecting", 210, rosa.user_id)
    assert Contact.objects.get(name="Bo Ray").account.dot_number == 7
    assert ConsentEvent.objects.get().status == "opted_out"
    assert Opportunity.objects.get().account == blue
    assert Activity.objects.get().account == blue
    assert (Playbook.objects.latest("pk").is_active, ValueProp.objects.latest("pk").is_active) == (True, False)
    assert runs[0].notes == [
        "Columns without a field here, not imported: legacy.",
        "owner_id: 1 who are no users here were left out: wix-member-1.",
    ]


def test_a_second_import_updates_by_airtables_ids(max_: Actor, server: AirtableServer) -> None:
    blue, _ = fill(server)
    imported(max_)
    server.tables[ACCOUNTS][blue] |= {"carrier_name": "Blue Mesa Freight", "carrier_dot": ""}
    runs = imported(max_)
    assert [(run.created, run.updated) for run in runs] == [(0, 1), *[(0, 0)] * 16]
    assert [run.unchanged for run in runs] == [1, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0]
    assert Account.objects.get(dot_number=158121).name == "Blue Mesa Freight"


def test_tables_without_a_home_are_named_with_the_reason(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    told = ask("importAirtable", {}, max_)
    assert len(told.not_imported) + len(told.imports) == 21
    reasons = {each.table: each.reason for each in told.not_imported}
    assert reasons["v2_B2B Match Signals"].startswith("signals are computed here every night")


def test_a_table_that_the_base_lacks_is_said(max_: Actor, server: AirtableServer) -> None:
    server.put(ACCOUNTS, {"carrier_name": "Blue"})
    runs = imported(max_)
    assert [run.state for run in runs] == ["done"] * 17
    assert "The base has no table v2_B2B Contacts" in runs[1].notes[0]


def test_a_folder_of_exports(max_: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / f"{ACCOUNTS}.csv").write_text("Record ID,carrier_dot,carrier_name\nrec1,158121,Blue Mesa\n")
    (folder / f"{CONTACTS}.csv").write_text("account_id,name,email\nrec1,Ann Lee,ann@blue.example\nrec9,Bo,\n")
    call_command("import_airtable", str(folder))
    said = capsys.readouterr().out
    assert "v2_B2B Accounts: done; 1 rows: 1 created" in said
    assert "There is no file v2_B2B Playbooks.csv." in said
    assert "v2_B2B Account Research: not imported; research has no home here yet" in said
    assert Contact.objects.get().account.dot_number == 158121


def test_an_archive_of_exports_can_be_uploaded_and_a_folder_only_named_at_the_server(
    max_: Actor, upload: Upload
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"export/{ACCOUNTS}.csv", "carrier_dot,carrier_name\n7,Red\n")
    runs = imported(max_, uploadId=str(upload(out.getvalue(), "base.zip")), tables=[ACCOUNTS])
    assert (len(runs), runs[0].created) == (1, 1)
    with pytest.raises(Forbidden):
        ask("importAirtable", {"path": "/etc"}, max_)


def test_an_export_changes_what_airtable_knows_and_creates_the_rest(max_: Actor, server: AirtableServer) -> None:
    blue, _ = fill(server)
    imported(max_)
    Account.objects.filter(dot_number=158121).update(status="client")
    rows(max_, "accounts", *[{"Company": f"Fleet {n}", "USDOT": n + 100} for n in range(12)])
    export = exported(max_)
    assert (export.state, export.error) == ("done", "")
    assert export.counts[ACCOUNTS] == {
        "created": 12,
        "updated": 2,
        "refused": 0,
        "last": Account.objects.latest("pk").pk,
    }
    assert server.tables[ACCOUNTS][blue]["status"] == "client"
    assert len(server.tables[ACCOUNTS]) == 14
    again = exported(max_, tables=[ACCOUNTS])
    assert (again.counts[ACCOUNTS]["created"], again.counts[ACCOUNTS]["updated"]) == (0, 14)
    assert imported(max_, tables=[ACCOUNTS])[0].created == 0


def test_what_airtable_refuses_takes_no_other_record_with_it(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    imported(max_)
    server.refuses = "Red Butte"
    export = exported(max_, tables=[ACCOUNTS])
    assert (export.counts[ACCOUNTS]["updated"], export.counts[ACCOUNTS]["refused"]) == (1, 1)
    assert "Cannot parse value Red Butte" in export.problems[0]


def test_a_broken_create_is_not_repeated_and_says_what_to_do(max_: Actor, server: AirtableServer) -> None:
    server.tables[ACCOUNTS] = {}
    rows(max_, "accounts", {"Company": "Blue"})
    server.next(cut())
    export = exported(max_, tables=[ACCOUNTS])
    assert export.state == "failed"
    assert "Import from Airtable once" in export.error
    assert len(server.seen) == 1


def test_an_export_as_files_comes_back_as_it_was(max_: Actor, server: AirtableServer, upload: Upload) -> None:
    fill(server)
    imported(max_)
    export = exported(max_, target="csv")
    content = Path(export.path).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert f"{CONTACTS}.csv" in archive.namelist()
        assert "v2_B2B Competitor Intel.csv" not in archive.namelist(), "there is none"
    runs = imported(max_, uploadId=str(upload(content, "export.zip")))
    assert {run.state for run in runs} == {"done"}
    assert [(run.created, run.updated, run.failed) for run in runs] == [(0, 0, 0)] * 17


def base(server: AirtableServer) -> airtable.Airtable:
    """The gateway, without waiting."""
    return airtable.Airtable(token=TOKEN, base=BASE, url=server.url, pacer=Pacer(10_000), sleep=lambda _: None)


def test_reading_is_tried_again_after_every_passing_fault(server: AirtableServer) -> None:
    server.put(ACCOUNTS, *[{"carrier_name": f"Fleet {n}"} for n in range(5)])
    server.next(too_many(), broken(503), cut())
    assert len(list(base(server).records(ACCOUNTS))) == 5


def test_it_waits_as_long_as_airtable_asks_and_no_longer_than_a_minute(server: AirtableServer) -> None:
    server.put(ACCOUNTS, {"carrier_name": "Blue"})
    waited: list[float] = []
    patient = airtable.Airtable(token=TOKEN, base=BASE, url=server.url, pacer=Pacer(10_000), sleep=waited.append)
    server.next(too_many("7"))
    list(patient.records(ACCOUNTS))
    assert waited == [7.0]
    server.next(too_many("600"))
    with pytest.raises(AirtableAway, match="600 seconds"):
        list(patient.records(ACCOUNTS))


@pytest.mark.parametrize("fault", [broken(500), cut()])
def test_it_gives_up_after_five_tries(server: AirtableServer, fault: Any) -> None:
    server.put(ACCOUNTS, {"carrier_name": "Blue"})
    server.next(*[fault] * 5)
    with pytest.raises(AirtableAway):
        list(base(server).records(ACCOUNTS))
    assert len(server.seen) == 5


def test_a_wrong_token_is_said_at_once(server: AirtableServer) -> None:
    wrong = airtable.Airtable(token="pat.wrong", base=BASE, url=server.url, pacer=Pacer(10_000))
    with pytest.raises(AirtableRefused, match="token"):
        list(wrong.records(ACCOUNTS))
    assert len(server.seen) == 1


def test_without_settings_nothing_begins(max_: Actor, settings: Any) -> None:
    settings.AIRTABLE_TOKEN = ""
    with pytest.raises(AirtableRefused, match="AIRTABLE_TOKEN"):
        ask("importAirtable", {}, max_)


def test_turns_come_five_times_a_second(server: AirtableServer) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    server.put(ACCOUNTS, *[{"carrier_name": f"Fleet {n}"} for n in range(20)])
    paced = Pacer(5, clock=lambda: now[0], sleep=sleep)
    list(airtable.Airtable(token=TOKEN, base=BASE, url=server.url, pacer=paced).records(ACCOUNTS))
    assert now[0] == pytest.approx(9 * 0.2)


def test_external_ids_go_with_what_an_undo_removes(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    (run,) = imported(max_, tables=[ACCOUNTS])
    assert ExternalId.objects.count() == 2
    ask("undoImport", {"importId": run.pk}, max_)
    assert (ExternalId.objects.count(), Account.objects.count()) == (0, 0)
