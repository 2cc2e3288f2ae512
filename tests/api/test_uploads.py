"""Files come in over HTTP for those who may import, whole or not at all."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from headhaul.actions.models import Upload
from headhaul.actions.services import uploads
from headhaul.kernel import Call, Empty, NotFound, Payload, Result, Role, action
from headhaul.kernel import actions as kernel
from tests.api.people import as_browser, as_token

EMPTY_FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\r\n--x--'


class TakeFile(Payload):
    """An import takes an upload."""

    upload_id: uuid.UUID


class Taken(Result):
    """What it found."""

    size: int


def look(call: Call, data: Empty) -> Taken:
    """Takes no file."""
    return Taken(size=0)


@pytest.fixture(autouse=True)
def _an_import() -> Iterator[None]:
    """Managers may `sampleImport`."""
    before = dict(kernel._registry)

    @action("sampleImport", reply="sampleImported", role=Role.MANAGER, writes=True, final="A sample.")
    def _(call: Call, data: TakeFile) -> Taken:
        """Says how large the upload is."""
        return Taken(size=uploads.find(data.upload_id)[0].size)

    action("sampleLook", reply="sampleLooked", role=Role.VIEWER)(look)
    yield
    kernel._registry.clear()
    kernel._registry.update(before)


def stored() -> list[Path]:
    folder = Path(settings.HEADHAUL_HOME) / "uploads"
    return list(folder.iterdir()) if folder.is_dir() else []


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    yield
    for path in stored():
        path.unlink()


def test_a_manager_uploads_and_an_import_takes_it(http: httpx.Client) -> None:
    content = b"DOT_NUMBER\n" + b"158121\n" * 300_000
    headers = as_token("max")
    answer = http.post("/api/uploads", files={"file": ("census.csv", content)}, headers=headers)
    assert answer.status_code == 200, answer.text
    payload = answer.json()["payload"]
    assert (answer.json()["action"], payload["filename"], payload["size"]) == (
        "fileUploaded",
        "census.csv",
        len(content),
    )
    assert payload["sha256"] == hashlib.sha256(content).hexdigest()
    taken = http.post("/api/actions/sampleImport", json={"uploadId": payload["uploadId"]}, headers=headers)
    assert taken.json()["payload"] == {"size": len(content)}


def test_the_name_of_a_file_leads_nowhere(http: httpx.Client) -> None:
    files = {"file": ("..\\..\\etc/passwd\x07.csv", b"x")}
    assert http.post("/api/uploads", files=files, headers=as_token("max")).status_code == 200
    assert "/" not in Upload.objects.get().filename
    assert [path.name for path in stored()] == [Upload.objects.get().pk.hex]


def test_a_rep_cannot_upload_nor_a_token_without_an_importing_scope(http: httpx.Client) -> None:
    for headers in (as_token("rosa"), as_token("max", scopes=["sampleLook"])):
        answer = http.post("/api/uploads", files={"file": ("a.csv", b"x")}, headers=headers)
        assert answer.status_code == 403
    assert stored() == []


def test_a_browser_needs_its_csrf_token(http: httpx.Client) -> None:
    files = {"file": ("a.csv", b"x")}
    assert http.post("/api/uploads", files=files, headers=as_browser("max", csrf=False)).status_code == 403
    assert http.post("/api/uploads", files=files, headers=as_browser("max")).status_code == 200


def test_a_file_beyond_the_limit_leaves_nothing(http: httpx.Client, settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 1000  # type: ignore[attr-defined]
    answer = http.post("/api/uploads", files={"file": ("a.csv", b"x" * 1001)}, headers=as_token("max"))
    assert answer.status_code == 413
    assert (stored(), Upload.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data", 400),
        (b"garbage", "multipart/form-data; boundary=x", 422),
        (b"--x\r\n", "multipart/form-data; boundary=x", 422),
        (EMPTY_FILE, "multipart/form-data; boundary=x", 422),
        (b"", "multipart/form-data; boundary=" + "x" * 300, 400),
    ],
)
def test_bad_forms_are_refused_cleanly(http: httpx.Client, content: bytes, kind: str, status: int) -> None:
    answer = http.post("/api/uploads", content=content, headers=as_token("max") | {"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["action"] == "actionError"
    assert stored() == []


def test_two_files_are_one_too_many(http: httpx.Client) -> None:
    files = [("file", ("a.csv", b"x")), ("file", ("b.csv", b"y"))]
    assert http.post("/api/uploads", files=files, headers=as_token("max")).status_code == 422


def test_old_uploads_are_removed_with_their_files(http: httpx.Client) -> None:
    http.post("/api/uploads", files={"file": ("a.csv", b"x")}, headers=as_token("max"))
    upload = Upload.objects.get()
    week = timedelta(days=7)
    assert uploads.prune(at=upload.uploaded_at + timedelta(days=6), kept_for=week) == 0
    assert uploads.prune(at=upload.uploaded_at + timedelta(days=8), kept_for=week) == 1
    with pytest.raises(NotFound):
        uploads.find(upload.pk)
    assert stored() == []
