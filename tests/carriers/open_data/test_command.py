"""`headhaul download_census`, against a portal on this machine."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from headhaul.carriers.gateways.faults import DownloadRefused
from headhaul.kernel import InvalidData
from tests.fakes.loopback import Reply
from tests.fakes.open_data_server import OpenDataServer


def test_the_file_lands_in_the_downloads_and_the_next_step_is_told(tmp_path: Path, settings: Settings) -> None:
    said = StringIO()
    with OpenDataServer() as server:
        settings.FMCSA_OPEN_DATA_URL, settings.HEADHAUL_HOME = server.url, tmp_path
        call_command("download_census", stdout=said)
    path = tmp_path / "downloads" / "az4n-8mr2.csv"
    assert path.read_bytes() == server.content
    assert "200 rows" in said.getvalue()
    assert "published 2026-11-21" in said.getvalue()
    assert f"headhaul import_carriers {path}" in said.getvalue()


def test_trouble_is_told_in_a_sentence(tmp_path: Path, settings: Settings) -> None:
    with OpenDataServer() as server:
        settings.FMCSA_OPEN_DATA_URL = server.url
        server.next(Reply(b"", 403))
        with pytest.raises(DownloadRefused, match="refuses the download"):
            call_command("download_census", "company", into=tmp_path)
        with pytest.raises(InvalidData, match="no dataset id"):
            call_command("download_census", "everything", into=tmp_path)
