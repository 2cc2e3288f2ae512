"""The records of a merge as rows: held in order, read back, and as people see the one that results."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.errors import CannotMerge, StaleAccount, StaleContact
from headhaul.accounts.models import Account, Contact
from headhaul.accounts.schemas.merging import Counted, EmailAfter, Merged, PhoneAfter
from headhaul.accounts.selectors import merged
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.services.absorbing import Moves, Row
from headhaul.accounts.services.restoring import what
from headhaul.kernel import Actor

MODELS: dict[MergeEntity, type[Account] | type[Contact]] = {
    MergeEntity.ACCOUNT: Account,
    MergeEntity.CONTACT: Contact,
}
TABLES = {MergeEntity.ACCOUNT: "accounts_account", MergeEntity.CONTACT: "accounts_contact"}
_SOURCES = {
    MergeEntity.ACCOUNT: "accounts_account a",
    MergeEntity.CONTACT: "accounts_contact r join accounts_account a on a.id = r.account_id",
}
_DERIVED = frozenset({"accounts_accountscore", "accounts_accountpulse", "accounts_duplicatepair"})
_OWN = frozenset({"id", "version", "updated_at", "contact_id"})


def held(
    *, entity: MergeEntity, ids: Sequence[int], by: Actor, versions: Mapping[int, int] | None = None, lock: bool = True
) -> list[Row]:
    """The rows in the order of the ids; locked in the order of their numbers, so that nobody waits in a circle.

    Raises NotFound, or MergedInto, for one that is not there, and StaleVersion for one that was changed.
    """
    alias = "a" if entity is MergeEntity.ACCOUNT else "r"
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add(f"{alias}.id = any(%s)", sorted(ids))
    # Not FOR UPDATE: whoever adds something to a record now must be able to finish, and is found in the second look.
    tail = f" for no key update of {alias}" if lock else ""
    sql = f"select to_jsonb({alias})::text as row from {_SOURCES[entity]} where {narrowed.where} order by {alias}.id"
    found = [json.loads(each["row"]) for each in fetch(sql + tail, narrowed.parameters)]
    rows = {row["id"]: row for row in found}
    for key in ids:
        if key not in rows:
            raise merged.missing(entity=entity, record_id=key, by=by)
        _check_version(entity, rows[key], (versions or {}).get(key))
    return [rows[key] for key in ids]


def check_ids(winner_id: int, loser_ids: Sequence[int]) -> None:
    """Raise CannotMerge unless these are different records."""
    if winner_id in loser_ids or len(set(loser_ids)) < len(loser_ids):
        raise CannotMerge("A record cannot be merged with itself.", fields={"loserIds": "other records, each once"})


def _check_version(entity: MergeEntity, row: Row, version: int | None) -> None:
    if version is not None and row["version"] != version:
        stale = StaleAccount if entity is MergeEntity.ACCOUNT else StaleContact
        said = f"{row['name']} was changed meanwhile. Look at the merge again, then repeat it."
        raise stale(said, current=row["version"], field="versions")


def as_merged(entity: MergeEntity, row: Row, ids: Sequence[int], moves: Moves | None, denials: int) -> Merged:
    """The record as people see it. With `moves`, as it will be after them; without, as it is."""
    gone = {(each.table, each.row[each.key]) for each in moves.dropped} if moves else set()
    fresh: dict[tuple[str, Any], Row] = {}
    for each in moves.altered if moves else []:
        fresh[(each.table, each.id)] = fresh.get((each.table, each.id), {}) | each.after

    def parts(table: str, pointer: str) -> list[Row]:
        sql = f"select to_jsonb(t)::text as row from {table} t where t.{pointer} = any(%s) order by t.id"
        rows = [json.loads(each["row"]) for each in fetch(sql, [list(ids)])]
        return [each | fresh.get((table, each["id"]), {}) for each in rows if (table, each["id"]) not in gone]

    # The table keeps more than people see, such as the name as it is compared, which follows the name by itself.
    fields = {field.column for field in MODELS[entity]._meta.concrete_fields}
    is_account = entity is MergeEntity.ACCOUNT
    emails = [] if is_account else parts("accounts_contactemail", "contact_id")
    phones = [] if is_account else parts("accounts_contactphone", "contact_id")
    return Merged(
        record={_wire(name): value for name, value in row.items() if name in fields and name not in _OWN},
        tags=sorted(each["tag"] for each in parts("accounts_accounttag", "account_id")) if is_account else [],
        emails=sorted((EmailAfter(**_known(EmailAfter, each)) for each in emails), key=lambda one: one.address),
        phones=sorted((PhoneAfter(**_known(PhoneAfter, each)) for each in phones), key=lambda one: one.number),
        denials=denials,
    )


def counted(moves: Moves) -> tuple[list[Counted], list[Counted]]:
    """How many rows of each kind move, and how many are there twice."""
    moved: Counter[str] = Counter()
    for each in moves.moved:
        moved[each.table] += len(each.ids)
    dropped = Counter(each.table for each in moves.dropped)
    return tuple(  # type: ignore[return-value]
        [
            Counted(table=table, what=what(table, count), count=count)
            for table, count in sorted(counts.items())
            if table not in _DERIVED
        ]
        for counts in (moved, dropped)
    )


def _known(model: type[EmailAfter] | type[PhoneAfter], row: Row) -> dict[str, Any]:
    return {name: row[name] for name in model.model_fields}


def _wire(column: str) -> str:
    head, *rest = column.split("_")
    return head + "".join(word.capitalize() for word in rest)
