"""What can be done about records that look like one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.jobs import scan_duplicates as job
from headhaul.accounts.schemas.duplicates import (
    DuplicateCandidate,
    DuplicatesFound,
    DuplicatesPage,
    FindDuplicates,
    ListDuplicates,
    PairDecided,
    PairRef,
    ScanDuplicates,
    ScanQueued,
)
from headhaul.accounts.selectors import duplicates as reading
from headhaul.accounts.services import duplicates
from headhaul.kernel import Call, InvalidData, Role, action


def _of_pair(given: Any, answer: Any) -> tuple[str, str]:
    return "duplicate", str(given.pair_id)


@action("listDuplicates", reply="duplicatesLoaded", role=Role.VIEWER)
def list_duplicates(call: Call, data: ListDuplicates) -> DuplicatesPage:
    """Pairs of accounts or contacts that look like one, the likeliest first, with score, reasons and what differs."""
    return reading.list_page(asked=data, by=call.actor)


@action("findDuplicates", reply="duplicatesFound", role=Role.VIEWER)
def find_duplicates(call: Call, data: FindDuplicates) -> DuplicatesFound:
    """What looks like one account or contact at this moment, without waiting for the nightly search."""
    if (data.account_id is None) == (data.contact_id is None):
        raise InvalidData("Name an account or a contact.", fields={"accountId": "this or contactId"})
    if data.account_id is not None:
        found = duplicates.like_account_of(data.account_id, by=call.actor)
    else:
        found = duplicates.like_contact_of(data.contact_id or 0, by=call.actor)
    return DuplicatesFound(items=[DuplicateCandidate.of(one) for one in found])


@action(
    "dismissDuplicate",
    reply="duplicateDismissed",
    role=Role.REP,
    writes=True,
    target=_of_pair,
    undo="restoreDuplicate",
)
def dismiss_duplicate(call: Call, data: PairRef) -> PairDecided:
    """Say that a pair is two different records; it does not come back by itself."""
    pair = duplicates.decide(pair_id=data.pair_id, dismissed=True, at=call.at, by=call.actor)
    call.undo_with("restoreDuplicate", {"pairId": pair.pk})
    return PairDecided(pair_id=pair.pk, state=pair.state)


@action(
    "restoreDuplicate",
    reply="duplicateRestored",
    role=Role.REP,
    writes=True,
    target=_of_pair,
    undo="dismissDuplicate",
)
def restore_duplicate(call: Call, data: PairRef) -> PairDecided:
    """Put a dismissed pair back on the queue."""
    pair = duplicates.decide(pair_id=data.pair_id, dismissed=False, at=call.at, by=call.actor)
    call.undo_with("dismissDuplicate", {"pairId": pair.pk})
    return PairDecided(pair_id=pair.pk, state=pair.state)


@action(
    "scanDuplicates",
    reply="duplicateScanQueued",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("duplicates", given.entity.value),
    final="A search only brings the queue up to date.",
)
def scan_duplicates(call: Call, data: ScanDuplicates) -> ScanQueued:
    """Search for duplicates now: what changed since the last search, or everything anew."""
    entity: MergeEntity = data.entity
    try:
        with transaction.atomic():
            lock = f"scan_duplicates:{entity.value}:{data.everything}"
            job.configure(queueing_lock=lock).defer(entity=entity.value, everything=data.everything)
    except AlreadyEnqueued:
        return ScanQueued(entity=entity, already_queued=True)
    return ScanQueued(entity=entity, already_queued=False)
