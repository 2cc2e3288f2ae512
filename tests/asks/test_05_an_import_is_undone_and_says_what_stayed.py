"""An import of thousands is taken back whole; what people worked with since is kept and named, and nothing is left."""

from __future__ import annotations

import csv
import io

import pytest

from headhaul.accounts import jobs
from headhaul.accounts.models import Account, AccountTag, ImportRun
from headhaul.accounts.selectors.imports import kept_file
from headhaul.kernel import SYSTEM, Actor
from tests.accounts.importing.conftest import Upload, _home, ask, importing, upload

__all__ = ["_home", "upload"]
pytestmark = pytest.mark.django_db
ROWS = 3_000


def test_three_thousand_rows_go_but_for_the_one_somebody_called(max_: Actor, rosa: Actor, upload: Upload) -> None:
    before = ask("createAccount", {"name": "Ours already", "dotNumber": 1, "city": "Waco"}, rosa)
    rows = [
        ["Company", "USDOT", "City", "Tags"],
        *[[f"Fleet {n}", str(n), "Tulsa", "list"] for n in range(1, ROWS + 1)],
    ]
    done = importing(max_, entity="accounts", uploadId=upload(rows))
    assert (done.created, done.updated) == (ROWS - 1, 1)
    called = Account.objects.get(dot_number=77)
    ask("logActivity", {"type": "call", "accountId": called.pk, "outcome": "connected"}, rosa)
    back = ask("undoImport", {"importId": done.id}, max_)
    if back.state == "undoing":
        jobs.undo_import(run_id=done.id)
    run = ImportRun.objects.get(pk=done.id)
    assert (run.state, run.reversed, run.kept) == ("undone", ROWS - 1, 1)
    assert set(Account.objects.values_list("pk", flat=True)) == {before.id, called.pk}
    assert Account.objects.get(pk=before.id).city == "Waco"
    assert list(AccountTag.objects.values_list("account_id", flat=True)) == [called.pk]
    (kept,) = csv.DictReader(io.StringIO("".join(kept_file(import_id=done.id, by=SYSTEM))))
    assert (kept["ID"], kept["Why it was kept"]) == (str(called.pk), "it has 1 activity now")
