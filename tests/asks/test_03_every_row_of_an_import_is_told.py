"""Ask 3: a large import leaves no row out, and hands back those that did not come in with the reason."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from headhaul.accounts import jobs
from headhaul.accounts.models import Account, ImportRun
from headhaul.accounts.selectors.imports import error_file
from headhaul.actions import dispatch
from headhaul.actions.services import uploads
from headhaul.kernel import SYSTEM, Actor, Door
from tests.cast import NOON


@pytest.mark.slow
def test_twenty_thousand_rows_all_end_somewhere(max_: Actor, settings: Any, tmp_path: Path) -> None:
    settings.HEADHAUL_HOME = tmp_path
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Company", "USDOT #", "State", "Phone"])
    for n in range(1, 20_001):
        state = "Nowhere" if n % 50 == 0 else "TX"
        writer.writerow([f"Fleet {n}", n % 18_000 + 1, state, f"512-555-{n % 10_000:04}"])
    key = uploads.receive([text.getvalue().encode()], filename="big.csv", by=max_, at=NOON).pk
    given = {"entity": "accounts", "uploadId": str(key)}
    begun: Any = dispatch("importRecords", given, actor=max_, at=NOON, door=Door.CONSOLE).payload
    jobs.import_records(run_id=begun.id)
    run = ImportRun.objects.get()
    assert run.state == "done"
    assert run.read == 20_000 == run.created + run.updated + run.unchanged + run.skipped + run.failed
    assert run.created == Account.objects.count()
    told = list(csv.reader(io.StringIO("".join(error_file(import_id=run.pk, by=SYSTEM)))))
    assert told[0] == ["Company", "USDOT #", "State", "Phone", "Line", "Result", "Reason"]
    assert len(told) - 1 == run.failed + run.skipped == 400
    assert told[1][:2] == ["Fleet 50", "51"]
    assert told[1][-1] == "State is no state; write two letters, as TX"
