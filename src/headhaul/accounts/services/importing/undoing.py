"""Taking an import back: what it made goes, what it changed is as before, what people touched since is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from headhaul.accounts.choices import ImportState
from headhaul.accounts.errors import ImportIsOpen
from headhaul.accounts.models import ImportedRecord, ImportRun
from headhaul.accounts.ports import imports as ports
from headhaul.accounts.ports.imports import Keeper, Restoring
from headhaul.accounts.services.importing import runs
from headhaul.accounts.services.importing.writing import update
from headhaul.kernel import Actor

BATCH = 2_000
AT_ONCE = 2_000  # more is done in the background
KEPT_FOR = timedelta(days=90)


def begin(*, run_id: int, by: Actor, at: datetime) -> ImportRun:
    """Mark a run as being undone. ImportIsOpen when it is at work, was only a dry run, or is undone already."""
    run = runs.held(run_id, by=by)
    state = ImportState(run.state)
    if run.is_dry_run:
        raise ImportIsOpen("This was a dry run: nothing came in, so there is nothing to take back.")
    if state in (ImportState.UNDOING, ImportState.UNDONE):
        raise ImportIsOpen("This import was taken back already.")
    if state.is_open:
        raise ImportIsOpen("The import is still at work. Stop it first, or wait for its end.")
    if run.finished_at is not None and at - run.finished_at > KEPT_FOR:
        raise ImportIsOpen(f"It ended more than {KEPT_FOR.days} days ago and can no longer be taken back.")
    run.state, run.undone_by_id, run.heartbeat_at = ImportState.UNDOING, by.user_id, at
    run.save(update_fields=["state", "undone_by", "heartbeat_at"])
    return run


def is_large(run: ImportRun) -> bool:
    """Whether taking it back is work for the background."""
    return run.records.count() > AT_ONCE


def do(*, run_id: int, by: Actor, at: datetime) -> ImportRun:
    """Take back what is left to take back. A process that was killed is taken up like that of any other run."""
    with runs.alone(run_id) as is_mine:
        run = ImportRun.objects.get(pk=run_id)
        if not is_mine or run.state != ImportState.UNDOING:
            return run
        return take_back(run=run, by=by, at=at)


def take_back(*, run: ImportRun, by: Actor, at: datetime) -> ImportRun:
    """All of it, a batch at a time: what hangs on accounts before the accounts."""
    for keeper in ports.keepers():
        while _batch(run, keeper, is_new=True, by=by, at=at) or _batch(run, keeper, is_new=False, by=by, at=at):
            runs.beat(run)
    return _end(run, at=at)


def _batch(run: ImportRun, keeper: Keeper, *, is_new: bool, by: Actor, at: datetime) -> bool:
    with transaction.atomic():
        waiting = ImportedRecord.objects.filter(run=run, entity=keeper.entity, is_new=is_new, taken_back__isnull=True)
        records = list(waiting.order_by("-pk")[:BATCH])
        if not records:
            return False
        if is_new:
            kept = keeper.remove({each.record_id: each.version for each in records}, by=by, at=at)
        else:
            wanted = [Restoring(each.record_id, each.before, each.after) for each in records]
            kept = keeper.restore(wanted, batch_id=f"undo-{run.pk}", by=by, at=at)
        _note(records, kept)
    return True


def _note(records: Sequence[ImportedRecord], kept: dict[int, str]) -> None:
    """A record with a reason was kept, all of it or the fields that the reason names."""
    rows = [(each.pk, each.record_id not in kept, kept.get(each.record_id, each.reason)) for each in records]
    update("accounts_importedrecord", {"id": "bigint", "taken_back": "bool", "reason": "text"}, rows)


def _end(run: ImportRun, *, at: datetime) -> ImportRun:
    run.reversed = run.records.filter(taken_back=True).count()
    run.kept = run.records.exclude(taken_back=True).count()
    run.state, run.undone_at, run.heartbeat_at = ImportState.UNDONE, at, at
    run.save(update_fields=["reversed", "kept", "state", "undone_at", "heartbeat_at"])
    return run
