"""Files on their way in: streamed to disk, hashed, remembered until an import takes them or they grow old."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from headhaul.actions.models import Upload
from headhaul.actions.services.replies import Reply
from headhaul.kernel import Actor, AppError, Forbidden, InvalidData, NotFound, Result, Unauthenticated
from headhaul.kernel.actions import registry
from headhaul.security.permissions import can


class TooLarge(AppError):
    """The body is bigger than this installation accepts."""

    code, status = "too_large", 413


def check_may_upload(actor: Actor) -> None:
    """Uploading is for those who may call at least one action that takes an upload."""
    if not actor.is_authenticated:
        raise Unauthenticated("Sign in, or send a valid API token.")
    if not any("upload_id" in a.input.model_fields and can(actor, a) for a in registry().values()):
        raise Forbidden("You may not import files, so you cannot upload any. Ask an administrator.")


def receive(chunks: Iterable[bytes], *, filename: str, by: Actor, at: datetime) -> Upload:
    """Stream a file into the uploads folder. Nothing stays behind when it is too large or breaks off."""
    check_may_upload(by)
    upload_id = uuid.uuid4()
    path = path_of(upload_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        size, digest = _write(path, chunks)
        if size == 0:
            raise InvalidData("The file is empty.", fields={"file": "empty"})
        return Upload.objects.create(
            id=upload_id,
            filename=_harmless(filename),
            size=size,
            sha256=digest,
            user_id=by.user_id,
            uploaded_at=at,
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


class UploadView(Result):
    """What came in; `uploadId` is what an import asks for."""

    upload_id: uuid.UUID
    filename: str
    size: int
    sha256: str


def reply(upload: Upload) -> Reply:
    """The answer to whoever uploaded."""
    view = UploadView(upload_id=upload.pk, filename=upload.filename, size=upload.size, sha256=upload.sha256)
    return Reply("fileUploaded", view)


def find(upload_id: uuid.UUID) -> tuple[Upload, Path]:
    """An upload and where its bytes lie; NotFound when it has been removed."""
    upload = Upload.objects.filter(pk=upload_id).first()
    path = path_of(upload_id)
    if upload is None or not path.is_file():
        raise NotFound("There is no such upload. Upload the file again.", fields={"uploadId": "unknown"})
    return upload, path


def path_of(upload_id: uuid.UUID) -> Path:
    """Where the bytes of an upload lie. The name comes from us alone."""
    return Path(settings.HEADHAUL_HOME) / "uploads" / upload_id.hex


def prune(*, at: datetime, kept_for: timedelta) -> int:
    """Remove old uploads, and files that no upload knows; how many."""
    removed = 0
    for upload in Upload.objects.filter(uploaded_at__lt=at - kept_for):
        path_of(upload.pk).unlink(missing_ok=True)
        upload.delete()
        removed += 1
    folder = path_of(uuid.uuid4()).parent
    oldest = (at - kept_for).timestamp()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _write(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    limit: int = settings.UPLOAD_MAX_BYTES
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The file is larger than {limit // 1_000_000} MB.")
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def _harmless(filename: str) -> str:
    """The last part of the name, for people to read; nothing is ever opened by it."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[:255] or "upload"
