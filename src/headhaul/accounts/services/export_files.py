"""Exports that are written in the background and wait to be fetched."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from headhaul.accounts.models import ExportFile
from headhaul.accounts.schemas.exports import ExportRecords
from headhaul.accounts.services import exporting
from headhaul.kernel import Actor, AppError, NotFound, Role, Unauthenticated
from headhaul.security.actors import actor_of
from headhaul.security.permissions import check_permission

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=7)
DONE = "done"


@dataclass(slots=True)
class Counted:
    """Rows on their way, and how many there were."""

    rows: Iterable[list[Any]]
    n: int = 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            self.n += 1
            yield row


def queue(*, data: ExportRecords, file_name: str, by: Actor, at: datetime) -> ExportFile:
    """Remember what is to be written, for whom."""
    return ExportFile.objects.create(
        id=uuid.uuid4(),
        entity=data.entity,
        format=data.format,
        file_name=file_name,
        request=data.model_dump(mode="json", by_alias=True, exclude_unset=True),
        user_id=by.user_id,
        created_at=at,
    )


def write(*, export_id: uuid.UUID, action: Any, at: datetime) -> str:
    """Write the file as whoever asked sees the list now. Written twice it is the same file; what failed says why."""
    export = ExportFile.objects.filter(pk=export_id).select_related("user").first()
    if export is None or export.state == DONE:
        return "nothing to do"
    export.state = "running"
    export.save(update_fields=["state"])
    try:
        actor = actor_of(export.user)
        check_permission(actor, action)
        data = ExportRecords.model_validate(export.request)
        plan = exporting.planned(data=data, by=actor, at=at)
        rows = Counted(exporting.values(plan))
        export.size = _save(path_of(export.pk), exporting.chunks(plan, rows=rows))
        export.rows, export.state, export.problem = rows.n, DONE, ""
    except AppError as refusal:
        export.state, export.problem = "failed", refusal.message
    except Exception:
        log.exception("export %s failed", export.pk)
        export.state, export.problem = "failed", "The file could not be written. Ask for it again."
    export.finished_at = at
    export.save()
    return export.state


def seen(*, export_id: uuid.UUID, by: Actor) -> ExportFile:
    """The export, for whoever asked for it and for administrators."""
    export = ExportFile.objects.filter(pk=export_id).first()
    is_admin = by.role is not None and by.role.allows(Role.ADMIN)
    if export is None or not (is_admin or (by.user_id is not None and export.user_id == by.user_id)):
        raise NotFound("There is no such export.", fields={"exportId": "unknown"})
    return export


def fetched(*, export_id: uuid.UUID, by: Actor, action: Any) -> tuple[ExportFile, Path]:
    """A finished export and where its bytes lie; whoever fetches it must still be allowed to export."""
    if not by.is_authenticated:
        raise Unauthenticated("Sign in, or send a valid API token.")
    check_permission(by, action)
    export = seen(export_id=export_id, by=by)
    path = path_of(export.pk)
    if export.state != DONE or not path.is_file():
        raise NotFound("This export is not ready, or has been removed. getExport says which.")
    return export, path


def prune(*, at: datetime) -> int:
    """Remove old exports and files that no export knows; how many."""
    removed = 0
    for export in ExportFile.objects.filter(created_at__lt=at - KEPT_FOR):
        path_of(export.pk).unlink(missing_ok=True)
        export.delete()
        removed += 1
    folder = path_of(uuid.uuid4()).parent
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < (at - KEPT_FOR).timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def path_of(export_id: uuid.UUID) -> Path:
    """Where the bytes lie. The name comes from us alone."""
    return Path(settings.HEADHAUL_HOME) / "exports" / export_id.hex


def _save(path: Path, pieces: Iterable[bytes]) -> int:
    """Write beside, then put in place: a half-written file is never fetched."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
        size = file.tell()
    beside.replace(path)
    return size
