"""An import whose worker died is seen as silent on screen, taken up by another, and ends with every row once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from headhaul.accounts import jobs
from headhaul.accounts.models import Account, ImportedRecord, ImportRun
from headhaul.accounts.services.importing import engine, runs
from headhaul.kernel import Actor
from headhaul.nightly.models import JobRun
from headhaul.security.models import User
from tests.accounts.importing.conftest import Upload, _home, ask, importing, upload

__all__ = ["_home", "upload"]
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The worker is gone, without a word."""


def test_a_dead_worker_is_seen_and_another_finishes(
    max_: Actor,
    upload: Upload,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "BATCH", 10)
    rows = [["Company", "USDOT"], *[[f"Fleet {n}", n] for n in range(1, 48)]]
    begun = importing(max_, work=False, entity="accounts", uploadId=upload(rows))
    beats = iter(range(2))

    def beat(run: Any) -> None:
        if next(beats, None) is None:
            raise Killed

    monkeypatch.setattr(runs, "beat", beat)
    with pytest.raises(Killed):
        jobs.import_records(run_id=begun.id)
    monkeypatch.undo()
    ImportRun.objects.update(heartbeat_at=datetime.now(UTC) - timedelta(minutes=5))

    assert ask("getImport", {"importId": begun.id}, max_).state == "running"
    client = Client()
    client.force_login(User.objects.get(pk=max_.user_id))
    assert "Nobody works on it now" in client.get(f"/imports/{begun.id}/").text

    assert jobs.find_lost_imports() == 1
    jobs.import_records(run_id=begun.id)
    done = ask("getImport", {"importId": begun.id}, max_)
    assert (done.state, done.rows_read, done.created, done.failed) == ("done", 47, 47, 0)
    assert (Account.objects.count(), ImportedRecord.objects.count()) == (47, 47)
    assert "Nobody works on it now" not in client.get(f"/imports/{begun.id}/").text


def test_the_jobs_page_says_when_each_run_last_ran(ada: Actor) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=ada.user_id))
    assert JobRun.objects.count() == 0
    assert client.get("/admin/jobs/").status_code == 200
