"""The plan's base in small, and the shortest ways to bring it in and to write it back."""

from __future__ import annotations

from typing import Any

from headhaul.accounts import jobs
from headhaul.accounts.models import AirtableExport, ImportRun
from headhaul.kernel import Actor
from tests.accounts.importing.conftest import ask
from tests.fakes.airtable_server import AirtableServer

ACCOUNTS, CONTACTS = "v2_B2B Accounts", "v2_B2B Contacts"


def people(server: AirtableServer) -> tuple[str, str]:
    """An account and somebody there; their ids."""
    (blue,) = server.put(ACCOUNTS, {"carrier_dot": "158121", "carrier_name": "Blue Mesa"})
    (ann,) = server.put(CONTACTS, {"account_id": blue, "name": "Ann Lee", "email": "ann@blue.example"})
    return blue, ann


def imported(by: Actor, **given: Any) -> list[ImportRun]:
    """importAirtable, with all its jobs done."""
    begun = ask("importAirtable", given, by)
    for run in begun.imports:
        jobs.import_records(run_id=run.id)
    return list(ImportRun.objects.filter(pk__in=[run.id for run in begun.imports]).order_by("pk"))


def exported(by: Actor, **given: Any) -> AirtableExport:
    """exportAirtable, with its job done."""
    begun = ask("exportAirtable", given, by)
    jobs.export_airtable(export_id=begun.id)
    return AirtableExport.objects.get(pk=begun.id)


def reasons(run: ImportRun) -> list[str]:
    """Why rows did not come in."""
    return list(run.row_errors.order_by("row").values_list("reason", flat=True))
