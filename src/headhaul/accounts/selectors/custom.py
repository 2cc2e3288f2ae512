"""Reading custom fields, and a record's values with their labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from headhaul.accounts.choices import CustomEntity
from headhaul.accounts.schemas.custom import CustomFieldRow, CustomValue
from headhaul.accounts.selectors.pages import fetch

_FIELDS = """
select id, entity, key, label, kind, choices, retired, help, is_required, position, is_active, version
from accounts_customfield where (entity = %s or %s) and (is_active or %s) order by entity, position, id
"""


def fields(entity: CustomEntity | None = None, *, include_inactive: bool = False) -> list[CustomFieldRow]:
    """The fields, in the order in which forms show them."""
    word = "" if entity is None else entity.value
    rows = fetch(_FIELDS, [word, entity is None, include_inactive])
    lists = ("choices", "retired")
    return [CustomFieldRow(**row | {name: _loaded(row[name]) for name in lists}) for row in rows]


def shown(entity: CustomEntity, values: Mapping[str, Any] | str) -> list[CustomValue]:
    """A record's custom fields with label and kind; fields without a value are there, with none."""
    known = _loaded(values)
    return [
        CustomValue(key=field.key, label=field.label, kind=field.kind, value=known.get(field.key))
        for field in fields(entity)
    ]


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
