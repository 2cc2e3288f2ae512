"""Ask 24: an import whose process is gone is seen to be silent, is taken up, and does no row twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from headhaul.accounts import jobs
from headhaul.accounts.models import Account, ImportRun
from headhaul.accounts.services.importing import engine, runs
from headhaul.actions import dispatch
from headhaul.actions.services import uploads
from headhaul.kernel import Actor, Door
from tests.cast import NOON


class Killed(BaseException):
    """The process is gone."""


def test_a_silent_import_is_seen_and_goes_on(
    max_: Actor, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HEADHAUL_HOME = tmp_path
    monkeypatch.setattr(engine, "BATCH", 10)
    table = "Company,USDOT\n" + "".join(f"Fleet {n},{n}\n" for n in range(1, 31))
    key = uploads.receive([table.encode()], filename="fleets.csv", by=max_, at=NOON).pk
    given = {"entity": "accounts", "uploadId": str(key)}
    begun: Any = dispatch("importRecords", given, actor=max_, at=NOON, door=Door.CONSOLE).payload

    def die(_: ImportRun) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(runs, "beat", die)
        with pytest.raises(Killed):
            jobs.import_records(run_id=begun.id)
    now = datetime.now(UTC)
    ImportRun.objects.update(heartbeat_at=now - timedelta(minutes=5))
    seen: Any = dispatch("getImport", {"importId": begun.id}, actor=max_, at=now, door=Door.CONSOLE).payload
    assert (seen.is_silent, seen.rows_read) == (True, 10)
    assert jobs.find_lost_imports() == 1
    jobs.import_records(run_id=begun.id)
    run = ImportRun.objects.get()
    assert (run.state, run.created, Account.objects.count()) == ("done", 30, 30)
