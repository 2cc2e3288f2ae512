"""Rows of other records name an account: by our id, another system's, USDOT number, domain or name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import ImportMode
from headhaul.accounts.ports.imports import ImportField, ImportRow, Outcome, Problem, Rules
from headhaul.accounts.services.importing import account_fields
from headhaul.accounts.services.importing.account_rows import AccountSession
from headhaul.accounts.services.importing.sessions import Record, RecordSession, Refusal

PREFIX = "account."
_NAMING = ("id", "externalId", "dotNumber", "name", "website", "state", "city")
_TITLES = {
    "id": "Account's Headhaul ID", "externalId": "Account's ID in the other system",
    "dotNumber": "Account's USDOT number",
    "name": "Account's name", "website": "Account's website", "state": "Account's state", "city": "Account's city",
}  # fmt: skip
_SYNONYMS = {
    "id": ("headhaul account id",),
    "externalId": ("account id", "account_id", "account", "account record id"),
    "website": ("company website", "company domain", "web", "website", "domain", "url"),
    "state": ("company state", "account state", "state", "st"),
    "city": ("company city", "account city", "city"),
}


def naming_fields() -> list[ImportField]:
    """The fields by which a row names its account."""
    known = {field.key: field for field in account_fields.FIELDS}
    return [
        replace(
            known[key], key=PREFIX + key, label=_TITLES[key], group="Account",
            synonyms=_SYNONYMS.get(key, (*known[key].synonyms, known[key].label)),
        )
        for key in _NAMING
    ]  # fmt: skip


class LinkedSession(RecordSession):
    """An import of what hangs on accounts."""

    edits_accounts = False

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        keys = tuple(key.key for key in account_fields.MATCH_KEYS if key.key not in ("phone", "email"))
        self.accounts = AccountSession(replace(rules, match_on=keys, mode=ImportMode.BOTH))
        self.account: Record | None = None

    def apply(self, rows: Sequence[ImportRow], *, at: datetime) -> list[Outcome]:
        """What becomes of these rows, in their order."""
        self.at = self.accounts.at = at
        self.accounts.load([self.link_of(row) for row in rows])
        return super().apply(rows, at=at)

    def finish(self) -> None:
        """The accounts first: what hangs on them needs their ids."""
        self.accounts.finish()
        super().finish()

    def link_of(self, row: ImportRow) -> ImportRow:
        """What the row says of its account."""
        said = {name.removeprefix(PREFIX): value for name, value in row.values.items() if name.startswith(PREFIX)}
        return ImportRow(row.number, {name: value for name, value in said.items() if value is not None})

    def account_named(self, row: ImportRow) -> Record | None:
        """The account that the row names, if there is one."""
        link = self.link_of(row)
        return self.accounts.find(link) if link.values else None

    def account_for(self, row: ImportRow) -> tuple[Record, Outcome | None]:
        """The account of a new record: the one named, or a new one where that is wanted. Refusal without one."""
        link = self.link_of(row)
        if self.account is not None:
            return self.account, None
        if not link.values:
            raise Refusal(Problem("", "", f"no column says which account the {self.one} belongs to"))
        if not self.rules.creates_accounts or self.rules.mode is ImportMode.UPDATE:
            key, value = next(iter(link.values.items()))
            raise Refusal(Problem(PREFIX + key, str(value), "there is no such account"))
        try:
            outcome = self.accounts.create(link, self.accounts.values_of(link, None))
        except Refusal as refusal:
            raise of_account(refusal) from None
        self.account = outcome.touched[0].record
        return self.account, outcome


def of_account(refusal: Refusal) -> Refusal:
    """What an account refuses, as said in a row of something else."""
    told = [Problem(PREFIX + each.field, each.value, f"account: {each.reason}") for each in refusal.problems]
    return Refusal(*told)


def joined(outcome: Outcome, of_account: Outcome | None) -> Outcome:
    """The outcome of a row that did something with its account too."""
    if of_account is not None:
        outcome.touched = [*of_account.touched, *outcome.touched]
        order = ("created", "updated", "unchanged")
        if outcome.result in order and order.index(of_account.result) < order.index(outcome.result):
            outcome.result = of_account.result
    return outcome


def account_id_of(record: Any) -> int:
    """The id of the account that a record hangs on."""
    linked: Record | None = record.get("account")
    return linked.id if linked is not None else int(record.get("account_id"))
