"""The import wizard: from a file to its result and back, by plain forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from headhaul.accounts import jobs
from headhaul.accounts.models import Account, AirtableExport, ImportRun
from tests.console.conftest import SignedIn

TABLE = b"Company,USDOT,State,Opened\nBlue Mesa,7,Texass,x\nRed Butte,8,TX,y\n"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HEADHAUL_HOME = tmp_path


def put(client: Client, content: bytes = TABLE) -> str:
    """Upload a file as the first page does; the address of the next one."""
    file = SimpleUploadedFile("carriers.csv", content)
    answer = client.post("/imports/files", {"entity": "accounts", "file": file})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def form(**more: Any) -> dict[str, Any]:
    """The second page's form as it comes."""
    return {
        "entity": "accounts", "mapped": "1", "matched": "1", "mode": "both", "matchOn": ["dotNumber", "name"],
        "column": ["Company", "USDOT", "State", "Opened"], "field:0": "name", "field:1": "dotNumber",
        "field:2": "state", "field:3": "", **more,
    }  # fmt: skip


def test_a_file_goes_through_all_pages(signed_in: SignedIn) -> None:
    client = signed_in("max")
    assert b"What is in it" in client.get("/imports/new").content
    where = put(client)
    page = client.get(where).content.decode()
    assert "Texass" in page
    assert 'value="dotNumber" selected' in page
    fix = {"fix-column": "State", "fix-value": "Texass", "fix-right": "TX"}
    checked = client.post(where, form(do="check", **fix)).content.decode()
    assert "State is no state" not in checked
    begun = client.post(where, form(do="import", **fix))
    run = ImportRun.objects.get()
    assert begun.headers["Location"] == f"/imports/{run.pk}/"
    assert b"It waits for a worker" in client.get(f"/imports/{run.pk}/").content
    jobs.import_records(run_id=run.pk)
    assert b"Undo this import" in client.get(f"/imports/{run.pk}/").content
    assert set(Account.objects.values_list("state", flat=True)) == {"TX"}
    client.post(f"/imports/{run.pk}/undo")
    assert b"2 records taken back" in client.get(f"/imports/{run.pk}/").content
    assert Account.objects.count() == 0
    assert b"carriers.csv" in client.get("/imports/").content


def test_after_a_dry_run_the_form_comes_back_as_it_was(signed_in: SignedIn) -> None:
    client = signed_in("max")
    where = put(client)
    client.post(where, form(do="dry", mode="create", fillsOnly="1"))
    run = ImportRun.objects.get()
    jobs.import_records(run_id=run.pk)
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "Correct and import" in page
    assert "Would be created" in page
    again = client.get(f"{where.partition('?')[0]}?from={run.pk}").content.decode()
    assert 'value="create" checked' in again
    assert "fillsOnly" in again


def test_rows_that_did_not_come_in_are_a_file(signed_in: SignedIn) -> None:
    client = signed_in("max")
    client.post(put(client), form(do="import"))
    jobs.import_records(run_id=ImportRun.objects.get().pk)
    answer = client.get(f"/imports/{ImportRun.objects.get().pk}/errors.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines()[1].startswith('Blue Mesa,7,Texass,x,2,failed,"State is no state')


def test_a_refusal_keeps_what_was_chosen(signed_in: SignedIn) -> None:
    client = signed_in("max")
    answer = client.post(put(client), form(do="import", **{"field:0": "", "field:1": ""}))
    assert answer.status_code == 422
    assert b"Say which column is the name" in answer.content


def test_a_rep_imports_nothing(signed_in: SignedIn) -> None:
    client = signed_in("rosa")
    assert client.get("/imports/").status_code == 403
    assert client.post("/imports/files", {"entity": "accounts"}).status_code == 403


def test_airtables_page_says_what_comes_in_and_what_does_not(signed_in: SignedIn) -> None:
    page = signed_in("max").get("/imports/airtable/").content.decode()
    assert "No base is set" in page
    assert "Not imported: research has no home here yet" in page


def test_an_export_as_files_can_be_fetched(signed_in: SignedIn) -> None:
    client = signed_in("max")
    client.post("/imports/airtable/out", {"target": "csv"})
    export = AirtableExport.objects.get()
    jobs.export_airtable(export_id=export.pk)
    assert client.get(f"/imports/airtable/exports/{export.pk}.zip").status_code == 200
    assert signed_in("rosa").get(f"/imports/airtable/exports/{export.pk}.zip").status_code == 403
