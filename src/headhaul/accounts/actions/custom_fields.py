"""What can be done with custom fields."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.models import CustomField
from headhaul.accounts.schemas.custom import (
    CustomFieldRemoved,
    CustomFieldRow,
    CustomFields,
    GetCustomFields,
    RemoveCustomField,
    SaveCustomField,
)
from headhaul.accounts.schemas.words import given
from headhaul.accounts.selectors import custom as reading
from headhaul.accounts.services import custom_fields
from headhaul.kernel import Call, InvalidData, Role, action


def _of_field(given: Any, answer: Any) -> tuple[str, str]:
    return "custom_field", str(getattr(answer, "id", None) or getattr(given, "field_id", None) or "")


@action("getCustomFields", reply="customFieldsLoaded", role=Role.VIEWER)
def get_custom_fields(call: Call, data: GetCustomFields) -> CustomFields:
    """The fields that were added to accounts, contacts and opportunities, in the order of their forms."""
    return CustomFields(fields=reading.fields(data.entity, include_inactive=data.include_inactive))


@action(
    "saveCustomField",
    reply="customFieldSaved",
    role=Role.ADMIN,
    writes=True,
    target=_of_field,
    undo=("saveCustomField", "removeCustomField"),
)
def save_custom_field(call: Call, data: SaveCustomField) -> CustomFieldRow:
    """Add a custom field, change one, or put it out of use. Values that are there stay."""
    values = given(data, "field_id", "version", "entity", "key")
    if data.field_id is not None:
        before = CustomField.objects.filter(pk=data.field_id).first()
        field = custom_fields.update(field_id=data.field_id, version=data.version, values=values)
        if before is not None:
            back = custom_fields.described(before, values)
            call.undo_with("saveCustomField", {"fieldId": field.pk, "version": field.version, **back})
        return _row(field)
    if data.entity is None or data.key is None:
        raise InvalidData("A new field needs an entity and a key.", fields={"key": "for example current_vendor"})
    field = custom_fields.create(entity=data.entity, key=data.key, values=values, at=call.at)
    call.undo_with("removeCustomField", {"fieldId": field.pk})
    return _row(field)


@action(
    "removeCustomField",
    reply="customFieldRemoved",
    role=Role.ADMIN,
    writes=True,
    target=_of_field,
    undo="saveCustomField",
)
def remove_custom_field(call: Call, data: RemoveCustomField) -> CustomFieldRemoved:
    """Remove a custom field that no record has a value of."""
    field = custom_fields.remove(field_id=data.field_id)
    call.undo_with("saveCustomField", {"entity": field.entity, "key": field.key, **custom_fields.described(field)})
    return CustomFieldRemoved(entity=field.entity, key=field.key)


def _row(field: CustomField) -> CustomFieldRow:
    return CustomFieldRow.model_validate(field, from_attributes=True)
