"""What the merge page's form says, in the words of the actions."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from headhaul.console.ui import words

CHOICE, VERSION = "choice.", "version."
LABELS = {
    "dotNumber": "USDOT number", "fleetSize": "Trucks", "timezone": "Time zone", "accountId": "Account",
    "buyingRole": "Part in buying", "isDecisionMaker": "Decision maker", "preferredChannel": "Preferred channel",
    "hasLeft": "Has left", "linkedin": "LinkedIn", "decisionMaker": "Decision maker", "zip": "ZIP", "emails": "E-mail",
    "email": "E-mail",
}  # fmt: skip


def label(field: str) -> str:
    """How a page calls a field."""
    known = LABELS.get(field) or field.removeprefix("custom.").replace("_", " ")
    return known if known in LABELS.values() else known[:1].upper() + known[1:]


def said(field: str, text: str) -> str:
    """A value as people read it."""
    return words.human(text) if field in ("status", "segment", "role", "buyingRole") else text


def asked(given: QueryDict) -> dict[str, Any]:
    """The records and choices that the form names; the winner is the first until somebody picks another."""
    ids = [int(key) for key in given.get("ids", "").split(",") if key.isdigit()]
    winner = given.get("winner", "")
    winner_id = int(winner) if winner.isdigit() and int(winner) in ids else (ids[0] if ids else 0)
    choices = {name.removeprefix(CHOICE): _choice(str(given[name])) for name in given if name.startswith(CHOICE)}
    return {
        "winnerId": winner_id,
        "loserIds": [key for key in ids if key != winner_id],
        "choices": {name: choice for name, choice in choices.items() if choice},
    }


def versions(given: QueryDict) -> list[dict[str, int]]:
    """The versions of the records as the page showed them."""
    read = {name.removeprefix(VERSION): str(given[name]) for name in given if name.startswith(VERSION)}
    return [{"id": int(key), "version": int(value)} for key, value in read.items() if key.isdigit() and value.isdigit()]


def _choice(value: str) -> int | str | None:
    return int(value) if value.isdigit() else "both" if value == "both" else None
