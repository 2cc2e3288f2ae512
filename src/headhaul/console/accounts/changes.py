"""How the history of an account says a field and a value."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import AccountStatus
from headhaul.carriers.choices import Segment
from headhaul.console.ui import words

CUSTOM = "custom."
NAMES = {"dot_number": "USDOT number", "zip": "ZIP code", "fleet_size": "Trucks", "email": "E-mail",
         "emails": "E-mails", "fleet_source": "Source of the fleet size", "fleet_as_of": "Fleet size as of",
         "is_decision_maker": "Decision maker", "has_left": "Left the company"}  # fmt: skip
LONGEST = 120


def field_name(field: str, account: Any) -> str:
    """What people call the field."""
    if field.startswith(CUSTOM):
        key = field.removeprefix(CUSTOM)
        return next((str(each.label) for each in account.custom_fields if each.key == key), words.human(key))
    return NAMES.get(field, words.human(field))


def told(field: str, value: Any, account: Any) -> str:
    """The value for people: a name for the present owner, labels for codes, a dash for nothing."""
    if value is None or value == "" or value == []:
        return words.DASH
    if field == "owner":
        return str(account.owner.name) if account.owner and account.owner.id == value else "somebody else"
    if field == "team":
        return str(account.team.name) if account.team and account.team.id == value else "another team"
    if field == "status" and value in set(AccountStatus):
        return AccountStatus(value).label
    if field == "segment" and value in set(Segment):
        return Segment(value).label
    if isinstance(value, bool):
        return "Yes" if value else "No"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
