"""Files as people have them, and the shortest way to import one."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from headhaul.accounts import jobs
from headhaul.accounts.gateways import airtable
from headhaul.actions import dispatch
from headhaul.actions.services import uploads
from headhaul.kernel import Actor, Door
from tests.cast import NOON, ada, max_, rosa, vera
from tests.fakes.airtable_server import BASE, TOKEN, AirtableServer

__all__ = ["ada", "max_", "rosa", "vera"]

Upload = Callable[..., uuid.UUID]


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HEADHAUL_HOME = tmp_path


@pytest.fixture
def upload(max_: Actor) -> Upload:
    """Puts bytes, text or rows into the uploads; the id that imports ask for."""

    def put(content: bytes | str | Iterable[Iterable[Any]], name: str = "carriers.csv") -> uuid.UUID:
        if isinstance(content, str):
            content = content.encode()
        elif not isinstance(content, bytes):
            text = io.StringIO()
            csv.writer(text).writerows(content)
            content = text.getvalue().encode()
        return uploads.receive([content], filename=name, by=max_, at=NOON).pk

    return put


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[AirtableServer]:
    """A base with the plan's tables, which are asked without waiting."""
    monkeypatch.setattr(airtable, "PER_SECOND", 10_000)
    with AirtableServer() as serving:
        settings.AIRTABLE_TOKEN, settings.AIRTABLE_BASE_ID, settings.AIRTABLE_URL = TOKEN, BASE, serving.url
        yield serving


def ask(name: str, data: Mapping[str, Any], by: Actor) -> Any:
    """The payload of an action."""
    return dispatch(name, data, actor=by, at=NOON, door=Door.HTTP).payload


def importing(by: Actor, *, work: bool = True, **data: Any) -> Any:
    """importRecords, with the job done that it leaves to a worker; the run as it ends."""
    given = {key: str(value) if isinstance(value, uuid.UUID) else value for key, value in data.items()}
    begun = ask("importRecords", given, by)
    if work and begun.state == "queued":
        jobs.import_records(run_id=begun.id)
    return ask("getImport", {"importId": begun.id}, by)


def rows(by: Actor, entity: str, *given: Mapping[str, Any], **options: Any) -> Any:
    """importRecords with rows that come with the call."""
    return importing(by, entity=entity, rows=list(given), **options)


def errors(by: Actor, run: Any) -> list[str]:
    """The reasons of the rows that did not come in."""
    return [each.reason for each in ask("getImportErrors", {"importId": run.id}, by).items]
