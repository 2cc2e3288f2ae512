"""What a cell shows: the value of a column in a row, and the words for codes."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import REGION_NAMES
from headhaul.accounts.schemas.views import ColumnChoice
from headhaul.accounts.selectors.lists.columns import ACCOUNTS, CONTACTS

_VALUES = {"accounts": {column.key: column.value for column in ACCOUNTS},
           "contacts": {column.key: column.value for column in CONTACTS}}  # fmt: skip


def value_of(entity: str, column: ColumnChoice, row: Any) -> Any:
    """What the row has there."""
    if column.key.startswith("custom."):
        return row.custom.get(column.key.removeprefix("custom."))
    return _VALUES[entity][column.key](row)


def word_for(column: ColumnChoice, value: Any) -> str:
    """A code in words."""
    if column.key == "region":
        return REGION_NAMES.get(value, "")
    return dict(column.choices).get(value, str(value) if value is not None else "")
