"""Making one record of several: everything that hangs on the losers moves, and enough is kept to take it apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import MergeEntity, PairState
from headhaul.accounts.errors import CannotMerge
from headhaul.accounts.models import MergedAway, MergeRecord
from headhaul.accounts.ports import leaving
from headhaul.accounts.schemas.merging import MergeDone, MergeField, MergePreview, MergeRecordRow, Option
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import absorbing, history, merging_consent, resolving, scanning
from headhaul.accounts.services import merge_records as records
from headhaul.accounts.services.absorbing import Altered, Dropped, Moves, Row
from headhaul.accounts.services.merge_texts import text_of
from headhaul.kernel import Actor

SOURCE = "merge"


@dataclass(slots=True)
class _Plan:
    """Everything that a merge would do."""

    winner: Row
    losers: list[Row]
    fields: list[resolving.Field]
    unresolved: list[str]
    columns: Row
    moves: Moves
    denials: list[merging_consent.Carried] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [self.winner["id"], *(loser["id"] for loser in self.losers)]


def preview(
    *,
    entity: MergeEntity,
    winner_id: int,
    loser_ids: Sequence[int],
    choices: Mapping[str, int | str],
    at: datetime,
    by: Actor,
) -> MergePreview:
    """What `merge` would make of it now, to the last field; writes nothing."""
    records.check_ids(winner_id, loser_ids)
    rows = records.held(entity=entity, ids=[winner_id, *loser_ids], by=by, lock=False)
    planned = _planned(entity, rows, choices, at=at)
    moves, twice = records.counted(planned.moves)
    row = planned.winner | planned.columns
    return MergePreview(
        entity=entity,
        records=[MergeRecordRow(id=each["id"], name=each["name"], version=each["version"]) for each in rows],
        result=records.as_merged(entity, row, planned.ids, planned.moves, len(planned.denials)),
        fields=[_shown(each) for each in planned.fields],
        moves=moves,
        twice=twice,
        unresolved=planned.unresolved,
        notes=_notes(entity, planned),
    )


def merge(
    *,
    entity: MergeEntity,
    winner_id: int,
    loser_ids: Sequence[int],
    choices: Mapping[str, int | str],
    at: datetime,
    by: Actor,
    versions: Mapping[int, int] | None = None,
) -> MergeDone:
    """Make the losers part of the winner. Raises CannotMerge where somebody has to decide about a field first."""
    records.check_ids(winner_id, loser_ids)
    rows = records.held(entity=entity, ids=[winner_id, *loser_ids], by=by, versions=versions)
    if entity is MergeEntity.CONTACT:
        for place, loser_id in enumerate(loser_ids):
            before = tuple(loser_ids[:place])
            leaving.tell(leaving.MERGED, loser_id, at=at, by=by, into=winner_id, beside=before)
    planned = _planned(entity, rows, choices, at=at)
    if planned.unresolved:
        fields = {f"choices.{name}": "the id of the record whose value stands" for name in planned.unresolved}
        raise CannotMerge("These records have two USDOT numbers. Say which one stands.", fields=fields)
    absorbing.apply(planned.moves)
    absorbing.run(f"delete from {records.TABLES[entity]} where id = any(%s)", [planned.ids[1:]])
    late = absorbing.plan(records.MODELS[entity], new=winner_id, olds=planned.ids[1:], context=_context(planned.fields))
    absorbing.apply(late)  # what others added until the losers were locked against it
    for mine, found in ((planned.moves.moved, late.moved), (planned.moves.dropped, late.dropped)):
        mine.extend(found)  # type: ignore[arg-type]
    planned.moves.altered.extend(late.altered)
    after = _written(entity, planned, at=at)
    if after.get("has_left") and not planned.winner["has_left"]:
        leaving.tell_left([winner_id], at=at, by=by)
    record = _recorded(entity, planned, after, choices, at=at, by=by)
    _noted(entity, record, planned, at=at, by=by)
    if entity is MergeEntity.CONTACT:
        merging_consent.carry(planned.denials, merge_id=record.pk, at=at, by=by)
    else:
        merging_consent.carry_of_accounts(winner=after, losers=planned.losers, merge_id=record.pk, at=at, by=by)
    _look_again(entity, planned, at=at)
    moves, twice = records.counted(planned.moves)
    return MergeDone(
        merge_id=record.pk,
        entity=entity,
        winner_id=winner_id,
        loser_ids=planned.ids[1:],
        version=after["version"],
        result=records.as_merged(entity, after, [winner_id], None, len(planned.denials)),
        moves=moves,
        twice=twice,
    )


def _planned(entity: MergeEntity, rows: list[Row], choices: Mapping[str, int | str], *, at: datetime) -> _Plan:
    winner, losers = rows[0], rows[1:]
    fields, unresolved = resolving.resolve(entity=entity, winner=winner, losers=losers, choices=choices)
    olds = [loser["id"] for loser in losers]
    moves = absorbing.plan(records.MODELS[entity], new=winner["id"], olds=olds, context=_context(fields))
    _pairs(entity, winner["id"], olds, moves)
    planned = _Plan(winner, losers, fields, unresolved, resolving.columns_of(fields, winner), moves)
    if entity is MergeEntity.CONTACT:
        planned.denials = merging_consent.carried(contact_ids=planned.ids, at=at)
    return planned


def _context(fields: Sequence[resolving.Field]) -> dict[str, Any]:
    return {each.name: each.from_id for each in fields}


def _pairs(entity: MergeEntity, winner_id: int, olds: list[int], moves: Moves) -> None:
    """Pairs of the queue: among the merged they are done, pairs of the losers with others go and are found again."""
    table, together = "accounts_duplicatepair", {winner_id, *olds}
    sql = f"select id from {table} where entity = %s and (first_id = any(%s) or second_id = any(%s)) order by id"
    ids = [row["id"] for row in fetch(sql, [entity.value, olds, olds])]
    for row in absorbing.rows_of(table, "id", ids):
        if {row["first_id"], row["second_id"]} <= together:
            state = {"state": PairState.MERGED.value}
            moves.altered.append(Altered(table, "id", row["id"], {"state": row["state"]}, state))
        else:
            moves.dropped.append(Dropped(table, "id", row, None))


def _written(entity: MergeEntity, planned: _Plan, *, at: datetime) -> Row:
    """Write the winner's fields and a new version; its row as it is now."""
    version = planned.winner["version"] + 1
    values = planned.columns | {"version": version, "updated_at": at.isoformat()}
    absorbing.set_columns(records.TABLES[entity], "id", planned.winner["id"], values)
    return absorbing.rows_of(records.TABLES[entity], "id", [planned.winner["id"]])[0]


def _recorded(
    entity: MergeEntity,
    planned: _Plan,
    after: Row,
    choices: Mapping[str, int | str],
    *,
    at: datetime,
    by: Actor,
) -> MergeRecord:
    record = MergeRecord.objects.create(
        entity=entity.value,
        winner_id=planned.winner["id"],
        loser_ids=planned.ids[1:],
        choices=dict(choices),
        before=planned.winner,
        after=after,
        losers=planned.losers,
        moves=planned.moves.as_json(),
        consent=merging_consent.kept(planned.denials),
        merged_at=at,
        merged_by_id=by.user_id,
    )
    record.batch_id = f"{SOURCE}:{record.pk}"
    record.save(update_fields=["batch_id"])
    MergedAway.objects.bulk_create(
        MergedAway(entity=entity.value, old_id=old, new_id=record.winner_id, merge=record) for old in planned.ids[1:]
    )
    return record


def _noted(entity: MergeEntity, record: MergeRecord, planned: _Plan, *, at: datetime, by: Actor) -> None:
    """The history of the winner: which fields changed, and who became part of it."""
    changes = {
        name: (planned.winner[name], record.after[name])
        for name in planned.columns
        if name != "custom" and planned.winner[name] != record.after[name]
    }
    old, new = planned.winner["custom"], record.after["custom"]
    changes |= {f"custom.{key}": (old.get(key), value) for key, value in new.items() if old.get(key) != value}
    changes["merged"] = (None, [f"{loser['name']} ({loser['id']})" for loser in planned.losers])
    history.record(
        account_id=record.after["id"] if entity is MergeEntity.ACCOUNT else record.after["account_id"],
        contact_id=record.after["id"] if entity is MergeEntity.CONTACT else None,
        changes=changes,
        at=at,
        by=by,
        source=SOURCE,
        batch_id=record.batch_id,
    )


def _look_again(entity: MergeEntity, planned: _Plan, *, at: datetime) -> None:
    """Find what the winner looks like now; people of merged accounts may turn out to be the same."""
    scanning.scan_some(entity=entity, ids=[planned.winner["id"]], at=at)
    if entity is MergeEntity.ACCOUNT:
        met = [key for each in planned.moves.moved if each.table == "accounts_contact" for key in each.ids]
        scanning.scan_some(entity=MergeEntity.CONTACT, ids=met, at=at)


def _shown(each: resolving.Field) -> MergeField:
    options = [Option(record_id=key, values=values, text=text_of(each.name, values)) for key, values in each.options]
    return MergeField(
        name=each.name,
        values=each.values,
        text=text_of(each.name, each.values),
        from_id=each.from_id,
        options=options,
        differs=each.differs,
    )


def _notes(entity: MergeEntity, planned: _Plan) -> list[str]:
    notes = []
    if entity is MergeEntity.ACCOUNT:
        numbers = {row["dot_number"] for row in (planned.winner, *planned.losers)} - {None}
        left = sorted(numbers - {planned.columns["dot_number"]})
        if left:
            said = ", ".join(str(number) for number in left)
            notes.append(f"USDOT {said} will have no account; the nightly run may open one for it again.")
    if planned.denials:
        notes.append("What is denied of one of them holds for the person: it goes to all of their addresses.")
    return notes
