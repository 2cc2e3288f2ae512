"""What the actions on custom fields take and give."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from headhaul.accounts.choices import CustomEntity, CustomKind
from headhaul.accounts.schemas.words import Id, Item, Key, Name, Short, Version
from headhaul.kernel import Payload, Result


class CustomFieldRow(Result):
    """A field that a firm added."""

    id: int
    entity: CustomEntity
    key: str
    label: str
    kind: CustomKind
    choices: list[str]
    retired: list[str] = Field(description="Choices that were taken out: not offered any more, still good for an undo")
    help: str
    is_required: bool
    position: int
    is_active: bool
    version: int


class GetCustomFields(Payload):
    """Which fields: of one kind of record, or all."""

    entity: CustomEntity | None = None
    include_inactive: bool = False


class CustomFields(Result):
    """Custom fields in the order in which forms show them."""

    fields: list[CustomFieldRow]


class SaveCustomField(Payload):
    """A new field (entity, key, label, kind), or changes of one (its id and version). The key never changes.

    The kind can change only as long as no record has a value.
    """

    field_id: Id | None = None
    version: Version | None = None
    entity: CustomEntity | None = None
    key: Key | None = None
    label: Name | None = None
    kind: CustomKind | None = None
    choices: Annotated[list[Item], Field(max_length=200)] | None = None
    help: Short | None = None
    is_required: bool | None = None
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None
    is_active: bool | None = None


class RemoveCustomField(Payload):
    """A field that no record has a value of."""

    field_id: Id


class CustomFieldRemoved(Result):
    """The field that is gone."""

    entity: CustomEntity
    key: str


class CustomValue(Result):
    """A custom field of a record: money is in cents, dates are ISO dates, several is a list."""

    key: str
    label: str
    kind: CustomKind
    value: Any
