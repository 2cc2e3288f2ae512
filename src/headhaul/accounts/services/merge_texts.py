"""How people read the values that a merge chooses from."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.absorbing import Row

_NAMES = {
    "owner_id": "select coalesce(nullif(name, ''), email) as name from security_user where id = %s",
    "team_id": "select name from security_team where id = %s",
    "account_id": "select name from accounts_account where id = %s",
}


def text_of(name: str, values: Row) -> str:
    """The value of a field in words; "" for nothing."""
    if name == "address":
        town = " ".join(part for part in (values["state"], values["zip"]) if part)
        return ", ".join(part for part in (values["street"], values["city"], town) if part)
    column, value = next(iter(values.items()))
    if column in _NAMES:
        found = fetch(_NAMES[column], [value]) if value is not None else []
        return str(found[0]["name"]) if found else ""
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
