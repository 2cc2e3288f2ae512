"""How rows of a table are taken back: removed while nothing hangs on them, put back field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models.deletion import get_candidate_relations_to_delete

from headhaul.accounts.models import Account, Contact, ContactEmail, ContactPhone
from headhaul.accounts.models import AccountTag as Tag
from headhaul.accounts.ports.imports import Restoring
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.importing.account_store import DERIVED, HISTORY
from headhaul.accounts.services.importing.sessions import CUSTOM
from headhaul.accounts.services.importing.writing import insert, plain, run, update
from headhaul.kernel import Actor

GONE = "it was removed or merged since"
TOUCHED = "it was changed since"


class ModelKeeper:
    """Takes back rows of a model that has a version. `beside` are tables that only accompany it."""

    entity = ""
    depth = 0
    model: type[models.Model]
    beside: frozenset[str] = frozenset()

    def remove(self, versions: Mapping[int, int], *, by: Actor, at: datetime) -> dict[int, str]:
        """Remove rows that still have these versions and on which nothing hangs; the others, with the reason."""
        table, key_column = self.model._meta.db_table, _key(self.model)
        held = f"select {key_column} as id, version from {table} where {key_column} = any(%s) order by 1 for update"
        now = {row["id"]: row["version"] for row in fetch(held, [list(versions)])}
        kept = {
            key: GONE if key not in now else TOUCHED for key, version in versions.items() if now.get(key) != version
        }
        rest = [key for key in versions if key not in kept]
        kept |= self.hanging(rest)
        going = [key for key in rest if key not in kept]
        self.delete(going)
        run("delete from accounts_externalid where entity = %s and record_id = any(%s)", [self.entity, going])
        return kept

    def delete(self, ids: Sequence[int]) -> None:
        """Remove them with what accompanies them.

        What only goes along goes by one statement a table. Where more depends on a row, or only names it, Django's
        collector removes the row: it knows what goes too and what loses its link, and reads each to find out.
        """
        if not ids:
            return
        relations: list[Any] = list(get_candidate_relations_to_delete(self.model._meta))
        along = [each for each in relations if _only_goes_along(each)]
        more = _pointed_at([each for each in relations if each not in along], ids)
        alone = [key for key in ids if key not in more]
        for each in along:
            run(f"delete from {_table(each)} where {each.field.column} = any(%s)", [alone])
        run(f"delete from {self.model._meta.db_table} where {_key(self.model)} = any(%s)", [alone])
        if more:
            self.model._default_manager.filter(pk__in=[key for key in ids if key in more]).delete()

    def hanging(self, ids: Sequence[int]) -> dict[int, str]:
        """What hangs on rows now, in words, by id. Found by the foreign keys, so that no room has to be named."""
        found: dict[int, list[str]] = defaultdict(list)
        relations = [
            each
            for each in self.model._meta.related_objects
            if not each.many_to_many and _model(each)._meta.label not in self.beside
        ]
        for key, place, count in _counted(relations, ids):
            meta = _model(relations[place])._meta
            found[key].append(f"{count} {meta.verbose_name if count == 1 else meta.verbose_name_plural}")
        return {key: f"it has {', '.join(words)} now" for key, words in found.items()}

    def restore(self, records: Sequence[Restoring], *, batch_id: str, by: Actor, at: datetime) -> dict[int, str]:
        """Put back what still is as the import left it; the reason names the fields that people changed since."""
        rows = self.model._default_manager.select_for_update(of=("self",)).in_bulk([r.record_id for r in records])
        kept: dict[int, str] = {}
        written: list[models.Model] = []
        columns: set[str] = set()
        history: list[tuple[Any, ...]] = []
        for record in sorted(records, key=lambda each: each.record_id):
            row = rows.get(record.record_id)
            if row is None:
                kept[record.record_id] = GONE
                continue
            back = [name for name in record.before if self.now(row, name) == record.after.get(name)]
            stays = [name for name in record.before if name not in back and not self.is_list(name)]
            for name in record.before:
                if self.is_list(name):
                    self.shrink(row, name, set(record.after.get(name) or []) - set(record.before[name] or []))
            changed = [name for name in back if not self.is_list(name)]
            for name in changed:
                columns.add(self.put(row, name, record.before[name]))
            if changed:
                row.version += 1  # type: ignore[attr-defined]
                written.append(row)
                history += self.told(row, record, changed, batch_id=batch_id, by=by, at=at)
            if stays:
                kept[record.record_id] = f"{', '.join(map(_said, stays))} changed since and stays"
        self._save(written, columns, at=at)
        insert("accounts_fieldchange", HISTORY, history)
        return kept

    def _save(self, rows: Sequence[models.Model], columns: set[str], *, at: datetime) -> None:
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        if "updated_at" in fields:
            for row in rows:
                row.updated_at = at  # type: ignore[attr-defined]
        written = [fields[name] for name in sorted(columns | ({"version", "updated_at"} & fields.keys()))]
        kinds = {str(field.column): str(field.db_type(connection)) for field in [self.model._meta.pk, *written]}
        if any(kind.endswith("[]") for kind in kinds.values()):  # arrays of different lengths are no array of arrays
            self.model._default_manager.bulk_update(rows, [field.name for field in written], batch_size=500)
            return
        values = [(row.pk, *(plain(getattr(row, field.attname)) for field in written)) for row in rows]
        update(self.model._meta.db_table, kinds, values, key=_key(self.model))

    def now(self, row: models.Model, name: str) -> Any:
        """What a field holds."""
        if name.startswith(CUSTOM):
            return row.custom.get(name.removeprefix(CUSTOM))  # type: ignore[attr-defined]
        return None if self.is_list(name) else plain(getattr(row, name))

    def put(self, row: models.Model, name: str, value: Any) -> str:
        """Set a field; the name of its column's field."""
        if name.startswith(CUSTOM):
            own: dict[str, Any] = row.custom  # type: ignore[attr-defined]
            key = name.removeprefix(CUSTOM)
            own.pop(key, None)
            if value is not None:
                own[key] = value
            return "custom"
        field = self.model._meta.get_field(name)
        assert isinstance(field, models.Field)
        blank = "" if value is None and not field.null else value
        setattr(row, field.attname, field.to_python(blank) if not field.is_relation else blank)
        return field.name

    def is_list(self, name: str) -> bool:
        """Whether a field is rows of another table, of which only the import's go."""
        return False

    def shrink(self, row: models.Model, name: str, words: set[str]) -> None:
        """Take what the import added off such a list."""

    def told(
        self, row: Any, record: Restoring, names: Sequence[str], *, batch_id: str, by: Actor, at: datetime
    ) -> list[tuple[Any, ...]]:
        """Rows for the history of accounts, where the record has one."""
        return []


class AccountKeeper(ModelKeeper):
    """Accounts."""

    entity, model = "account", Account
    beside = frozenset(
        {"accounts.AccountScore", "accounts.AccountPulse", "accounts.AccountTag", "accounts.FieldChange",
         "activities.Alert", "activities.Notification", "pipeline.RemovedOpportunity"}
    )  # fmt: skip

    def is_list(self, name: str) -> bool:
        """Tags."""
        return name == "tags"

    def shrink(self, row: models.Model, name: str, words: set[str]) -> None:
        """The import's tags go."""
        Tag.objects.filter(account_id=row.pk, tag__in=words).delete()

    def told(
        self, row: Any, record: Restoring, names: Sequence[str], *, batch_id: str, by: Actor, at: datetime
    ) -> list[tuple[Any, ...]]:
        """The fields whose former value is back."""
        return [
            _line(row.pk, None, name, record, batch_id=batch_id, by=by, at=at) for name in names if name not in DERIVED
        ]


class ContactKeeper(ModelKeeper):
    """Contacts. What they said about being reached stays: it is kept by address, for good."""

    entity, model, depth = "contact", Contact, 1
    beside = frozenset({"accounts.ContactEmail", "accounts.ContactPhone", "accounts.FieldChange"})

    def is_list(self, name: str) -> bool:
        """Addresses."""
        return name in ("emails", "phones")

    def shrink(self, row: models.Model, name: str, words: set[str]) -> None:
        """The import's addresses go."""
        if name == "emails":
            ContactEmail.objects.filter(contact_id=row.pk, address__in=words).delete()
            return
        for word in words:
            number, _, extension = word.partition("|")
            ContactPhone.objects.filter(contact_id=row.pk, number=number, extension=extension).delete()

    def told(
        self, row: Any, record: Restoring, names: Sequence[str], *, batch_id: str, by: Actor, at: datetime
    ) -> list[tuple[Any, ...]]:
        """The fields whose former value is back."""
        return [_line(row.account_id, row.pk, name, record, batch_id=batch_id, by=by, at=at) for name in names]


def _model(relation: Any) -> type[models.Model]:
    child: type[models.Model] = relation.related_model
    return child


def _table(relation: Any) -> str:
    return _model(relation)._meta.db_table


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _only_goes_along(relation: Any) -> bool:
    """Whether its rows go with what they belong to, and nothing hangs on them."""
    is_leaf = not any(True for _ in get_candidate_relations_to_delete(_model(relation)._meta))
    return relation.on_delete is models.CASCADE and is_leaf


def _pointed_at(relations: Sequence[Any], ids: Sequence[int]) -> set[int]:
    """Those of these rows that any of the relations leads to."""
    return {key for key, _, _ in _counted(relations, ids)}


def _counted(relations: Sequence[Any], ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """How many rows of each relation lead to each of these: (id, place of the relation, count), by place."""
    if not relations or not ids:
        return []
    each = "select {column} as id, {place} as place, count(*) as n from {table} where {column} = any(%s) group by 1"
    parts = [
        each.format(column=relation.field.column, place=place, table=_table(relation))
        for place, relation in enumerate(relations)
    ]
    rows = fetch(" union all ".join(parts) + " order by place, id", [list(ids)] * len(parts))
    return [(row["id"], row["place"], row["n"]) for row in rows]


def _line(
    account_id: int, contact_id: int | None, name: str, record: Restoring, *, batch_id: str, by: Actor, at: datetime
) -> tuple[Any, ...]:
    field = name.removesuffix("_id")
    old, new = record.after.get(name), record.before[name]
    return account_id, contact_id, field, old, new, at, at, "undo", batch_id, by.user_id


def _said(name: str) -> str:
    return name.removeprefix(CUSTOM).removesuffix("_id").replace("_", " ")
