"""Taking a merge apart: the losers come back under their old ids with what moved and is still there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.errors import CannotUnmerge, MergedInto
from headhaul.accounts.models import MergedAway, MergeRecord
from headhaul.accounts.schemas.merging import Unmerged
from headhaul.accounts.selectors import merged
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import absorbing, history, merging_consent, restoring, scanning
from headhaul.accounts.services import merge_records as records
from headhaul.accounts.services.absorbing import Moves, Row
from headhaul.accounts.services.resolving import CUSTOM, GROUPS
from headhaul.kernel import Actor, NotFound

SOURCE = "unmerge"


def unmerge(*, merge_id: int, at: datetime, by: Actor) -> Unmerged:
    """Take the merge apart and say what could not go back, because somebody changed it since."""
    record, winner = _found(merge_id, by=by)
    entity = MergeEntity(record.entity)
    kept: list[str] = []
    _winner_back(entity, record, winner, kept, at=at, by=by)
    MergedAway.objects.filter(merge=record).delete()
    for row in record.losers:
        loser = _fitting(entity, row, kept) | {"version": row["version"] + 1, "updated_at": at.isoformat()}
        restoring.put_back(records.TABLES[entity], loser, kept)
    restoring.take_back(Moves.from_json(record.moves), kept)
    kept += merging_consent.give_back(
        record.consent,
        entity=entity.value,
        merge_id=record.pk,
        winner_id=record.winner_id,
        loser_ids=record.loser_ids,
        merged_at=record.merged_at,
        at=at,
        by=by,
    )
    record.undone_at = at
    record.save(update_fields=["undone_at"])
    scanning.scan_some(entity=entity, ids=[record.winner_id, *record.loser_ids], at=at)
    return Unmerged(
        merge_id=record.pk,
        entity=entity,
        winner_id=record.winner_id,
        restored_ids=record.loser_ids,
        choices=record.choices,
        kept=kept,
    )


def _found(merge_id: int, *, by: Actor) -> tuple[MergeRecord, Row]:
    """The merge and its winner as it is now, both held."""
    record = MergeRecord.objects.select_for_update(of=("self",)).filter(pk=merge_id).first()
    if record is None:
        raise NotFound(f"There is no merge {merge_id}.")
    entity = MergeEntity(record.entity)
    if record.undone_at is not None:
        raise CannotUnmerge("This merge was taken apart already.")
    try:
        winner = records.held(entity=entity, ids=[record.winner_id], by=by)[0]
    except MergedInto as gone:
        raise CannotUnmerge(f"{gone.message} Take that merge apart first.") from gone
    return record, winner


def _winner_back(
    entity: MergeEntity, record: MergeRecord, winner: Row, kept: list[str], *, at: datetime, by: Actor
) -> None:
    """Put back the fields that still have what the merge gave them."""
    before, after = record.before, record.after
    back: Row = {}
    for name, columns in GROUPS[entity].items():
        changed = [column for column in columns if before[column] != after[column]]
        if changed and all(winner[column] == after[column] for column in columns):
            back |= {column: before[column] for column in changed}
        elif changed:
            kept.append(f"{name}: changed since the merge, so it stays")
    custom = dict(winner["custom"])
    for key in sorted(before["custom"].keys() | after["custom"].keys()):
        old, new, now = before["custom"].get(key), after["custom"].get(key), custom.get(key)
        if old != new and now == new:
            custom[key] = old
        elif old != new:
            kept.append(f"{CUSTOM}{key}: changed since the merge, so it stays")
    custom = {key: value for key, value in custom.items() if value is not None or key in before["custom"]}
    changes = {name: (winner[name], value) for name, value in back.items()}
    changes["unmerged"] = (None, [f"{loser['name']} ({loser['id']})" for loser in record.losers])
    values = back | {"custom": custom, "version": winner["version"] + 1, "updated_at": at.isoformat()}
    absorbing.set_columns(records.TABLES[entity], "id", record.winner_id, values)
    history.record(
        account_id=winner["id"] if entity is MergeEntity.ACCOUNT else winner["account_id"],
        contact_id=winner["id"] if entity is MergeEntity.CONTACT else None,
        changes=changes,
        at=at,
        by=by,
        source=SOURCE,
        batch_id=record.batch_id,
    )


def _fitting(entity: MergeEntity, row: Row, kept: list[str]) -> Row:
    """The row as it can stand now: its USDOT number may have got another account, its account may be another's part."""
    if entity is MergeEntity.ACCOUNT:
        taken = _one("select id from accounts_account where dot_number = %s", row["dot_number"])
        if taken is None:
            return row
        kept.append(f"{row['name']} comes back without USDOT {row['dot_number']}: account {taken} has it now")
        return row | {"dot_number": None}
    if _one("select id from accounts_account where id = %s", row["account_id"]) is None:
        there = merged.now(entity=MergeEntity.ACCOUNT, old_id=row["account_id"])
        if there is None:
            raise CannotUnmerge(f"The account of {row['name']} was removed. Restore that first.")
        return row | {"account_id": there}
    return row


def _one(sql: str, value: Any) -> int | None:
    rows = fetch(sql, [value]) if value is not None else []
    return int(rows[0]["id"]) if rows else None
