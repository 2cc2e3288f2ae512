"""Custom fields themselves: added, changed, put out of use, removed while nothing has a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models

from headhaul.accounts.choices import CustomEntity, CustomKind
from headhaul.accounts.models import Account, Contact, CustomField
from headhaul.kernel import Conflict, InvalidData, NotFound, StaleVersion

CHOOSING = frozenset({CustomKind.CHOICE, CustomKind.SEVERAL})
MOST = 100  # fields of one kind of record


class StaleCustomField(StaleVersion):
    """Somebody changed the field since it was read."""


class FieldHasValues(Conflict):
    """Records have values of it; the message says what can be done instead."""

    code = "field_has_values"


_holders: dict[CustomEntity, type[models.Model]] = {CustomEntity.ACCOUNT: Account, CustomEntity.CONTACT: Contact}


def register(entity: CustomEntity, model: type[models.Model]) -> None:
    """Rooms above say which of their tables has values of an entity."""
    _holders[entity] = model


def create(*, entity: CustomEntity, key: str, values: Mapping[str, Any], at: datetime) -> CustomField:
    """Add a field at the end of the form, unless a position is given."""
    for name in ("label", "kind"):
        if values.get(name) is None:
            raise InvalidData(f"A new field needs a {name}.", fields={name: "missing"})
    others = CustomField.objects.filter(entity=entity)
    if others.filter(key=key).exists():
        raise InvalidData(f"There is a field with the key {key} already.", fields={"key": "taken"})
    if others.count() >= MOST:
        raise InvalidData(f"More than {MOST} fields make a form that nobody fills in. Remove one first.")
    usual = {"position": others.count() + 1}
    field = CustomField(entity=entity, key=key, created_at=at, **{**usual, **_said(values)})
    _check(field)
    field.save(force_insert=True)
    return field


def update(*, field_id: int, version: int | None, values: Mapping[str, Any]) -> CustomField:
    """Change what is given of a field."""
    field = _lock(field_id)
    if version is not None and field.version != version:
        raise StaleCustomField(f"{field.label} was changed meanwhile. Look at it again.", current=field.version)
    said = _said(values)
    if said.get("kind", field.kind) != field.kind and has_values(field):
        raise FieldHasValues(
            f"{field.label} has values, so its kind stays. Put it out of use and add another field.",
            fields={"kind": field.kind},
        )
    gone = [word for word in field.choices if word not in said.get("choices", field.choices)]
    held = [word for word in gone if has_choice(field, word)]
    if held:
        raise FieldHasValues(
            f"{', '.join(held)}: records have chosen that. Change these first, or leave it among the choices.",
            fields={"choices": f"with {', '.join(held)}"},
        )
    for name, value in said.items():
        setattr(field, name, value)
    _check(field)
    offered = {word.casefold() for word in field.choices}
    before = dict.fromkeys([*field.retired, *gone])  # earlier edits hold them, and may be taken back
    field.retired = [word for word in before if word.casefold() not in offered]
    field.version += 1
    field.save()
    return field


def remove(*, field_id: int) -> CustomField:
    """Remove a field that no record has a value of."""
    field = _lock(field_id)
    if has_values(field):
        raise FieldHasValues(f"{field.label} has values. Put it out of use instead; the values stay.")
    CustomField.objects.filter(pk=field.pk).delete()
    return field


def has_values(field: CustomField) -> bool:
    """Whether any record has a value of it."""
    return _is_held(field, "jsonb_exists(custom, %s)", field.key)


def has_choice(field: CustomField, word: str) -> bool:
    """Whether any record has chosen the word."""
    return any(_is_held(field, "custom @> %s::jsonb", json.dumps({field.key: chosen})) for chosen in (word, [word]))


def _is_held(field: CustomField, condition: str, *parameters: str) -> bool:
    holder = _holders.get(CustomEntity(field.entity))
    if holder is None:
        return False
    table = connection.ops.quote_name(holder._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"select exists (select from {table} where {condition})", parameters)
        return bool(cursor.fetchone()[0])


def _lock(field_id: int) -> CustomField:
    field = CustomField.objects.select_for_update().filter(pk=field_id).first()
    if field is None:
        raise NotFound("There is no such custom field.", fields={"fieldId": "see getCustomFields"})
    return field


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _check(field: CustomField) -> None:
    words = [str(choice).strip() for choice in field.choices]
    if field.kind in CHOOSING and not words:
        raise InvalidData("A field that is chosen needs choices.", fields={"choices": "at least one"})
    if any(not word or ";" in word or "," in word or "\n" in word for word in words):
        raise InvalidData("A choice is a word without commas or semicolons.", fields={"choices": "no , or ;"})
    if len({word.casefold() for word in words}) != len(words):
        raise InvalidData("Two choices are the same.", fields={"choices": "each once"})
    field.choices = words if field.kind in CHOOSING else []


_WIRE = {
    "label": "label", "kind": "kind", "choices": "choices", "help": "help", "is_required": "isRequired",
    "position": "position", "is_active": "isActive",
}  # fmt: skip


def described(field: CustomField, only: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What saveCustomField needs to make it so again: everything, or what `only` names."""
    names = [name for name in _WIRE if only is None or name in only]
    return {_WIRE[name]: getattr(field, name) for name in names}
