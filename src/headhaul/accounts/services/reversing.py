"""How a change of an account is taken back: the same action with the values from before and the version after."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import ZoneSource
from headhaul.accounts.models import Account
from headhaul.accounts.services.history import plain

FIELDS = {
    "name": "name", "dotNumber": "dot_number", "status": "status", "segment": "segment", "region": "region",
    "state": "state", "city": "city", "street": "street", "zip": "zip", "phone": "phone", "email": "email",
    "website": "website", "fleetSize": "fleet_size", "fleetSource": "fleet_source", "fleetAsOf": "fleet_as_of",
    "description": "description",
}  # fmt: skip


def values_of(account: Account) -> dict[str, Any]:
    """Everything updateAccount can set, under its wire names."""
    values = {wire: plain(getattr(account, name)) or None for wire, name in FIELDS.items()}
    values["fleetSize"] = account.fleet_size
    values["timezone"] = account.timezone if account.timezone_source == ZoneSource.PERSON else None
    return values | {"custom": dict(account.custom)}


def back_to(before: dict[str, Any], account: Account) -> dict[str, Any]:
    """The data with which updateAccount puts back what differs now."""
    now = values_of(account)
    data = {name: value for name, value in before.items() if name != "custom" and now[name] != value}
    if (size := {"fleetSize", "fleetSource", "fleetAsOf"}) & data.keys():
        data |= {name: before[name] for name in size}
    old, new = before["custom"], now["custom"]
    if patch := {key: old.get(key) for key in old.keys() | new.keys() if old.get(key) != new.get(key)}:
        data["custom"] = patch
    return {"accountId": account.pk, "version": account.version, **data}
