"""Writing value props."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.regions import NAMES
from headhaul.kernel import InvalidData
from headhaul.pipeline.models import ValueProp
from headhaul.pipeline.services import help as common
from headhaul.pipeline.services.help import Saved

WHAT = "value prop"


def save(*, value_prop_id: int | None, version: int | None, values: dict[str, Any], at: datetime) -> Saved[ValueProp]:
    """Write a value prop, new or changed."""
    common.refuse_null(values)
    if values.get("region") and values["region"] not in NAMES:
        raise InvalidData("There is no such region.", fields={"region": f"one of {', '.join(NAMES)}, or empty"})
    if value_prop_id is None:
        common.needed(values, "name", "message")
        value_prop = ValueProp()
    else:
        value_prop = common.lock(ValueProp, value_prop_id, what=WHAT, version=version)
    return common.save(value_prop, values, at=at)


def remove(*, value_prop_id: int, version: int | None, at: datetime) -> ValueProp:
    """Take it away."""
    return common.save(common.lock(ValueProp, value_prop_id, what=WHAT, version=version), {"removed_at": at}, at=at).row


def restore(*, value_prop_id: int, version: int | None, at: datetime) -> ValueProp:
    """Bring it back."""
    found = common.lock(ValueProp, value_prop_id, what=WHAT, version=version, removed=True)
    return common.save(found, {"removed_at": None}, at=at).row
