"""This room's lists, as views, groups and exports know them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from headhaul.accounts.ports.lists import Asked, ListKind, register
from headhaul.accounts.schemas.lists import AccountFilters, AccountSort, ContactFilters
from headhaul.accounts.selectors.lists import accounts, columns, contacts, groups
from headhaul.accounts.selectors.lists.custom import definitions
from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Payload


def _account_rows(asked: Asked) -> Iterator[Any]:
    assert isinstance(asked.filters, AccountFilters)
    return accounts.every(
        asked=asked.filters,
        sort=asked.sort,
        direction=asked.direction,
        by=asked.by,
        at=asked.at,
        zone=asked.zone,
    )


def _contact_rows(asked: Asked) -> Iterator[Any]:
    assert isinstance(asked.filters, ContactFilters)
    return contacts.every(
        asked=asked.filters,
        sort=asked.sort,
        direction=asked.direction,
        by=asked.by,
        at=asked.at,
        zone=asked.zone,
    )


def gone(filters: Payload, *, entity: str, people: str, teams: str = "") -> Iterator[tuple[str, str]]:
    """What stored filters refer to that is no longer there: custom fields, users, teams."""
    known = definitions(entity) if getattr(filters, "custom", []) else {}
    for condition in getattr(filters, "custom", []):
        if condition.key not in known:
            yield f"custom.{condition.key}", f"the custom field {condition.key} is gone"
    yield from _missing(filters, people, "select id from security_user where id = any(%s)", "a user")
    if teams:
        yield from _missing(filters, teams, "select id from security_team where id = any(%s)", "a team")


def _missing(filters: Payload, name: str, query: str, what: str) -> Iterator[tuple[str, str]]:
    field = type(filters).model_fields[name]
    keys = [key for key in getattr(filters, name) if isinstance(key, int)]
    found = {row["id"] for row in fetch(query, [keys])} if keys else set()
    for key in keys:
        if key not in found:
            yield f"{field.alias}.{key}", f"{what} it was about is gone"


def _gone_of_accounts(filters: Payload) -> Iterable[tuple[str, str]]:
    return gone(filters, entity="account", people="owner", teams="team")


def _gone_of_contacts(filters: Payload) -> Iterable[tuple[str, str]]:
    return gone(filters, entity="contact", people="account_owner")


ACCOUNTS = register(
    ListKind(
        entity="accounts",
        title="Accounts",
        filters=AccountFilters,
        sorts=get_args(AccountSort),
        default_sort="score",
        columns=columns.of_accounts,
        rows=_account_rows,
        group_by=groups.account_choices,
        groups=groups.of_accounts,
        faults=_gone_of_accounts,
    )
)
CONTACTS = register(
    ListKind(
        entity="contacts",
        title="Contacts",
        filters=ContactFilters,
        sorts=("name", "newest"),
        default_sort="name",
        columns=columns.of_contacts,
        rows=_contact_rows,
        group_by=groups.contact_choices,
        groups=groups.of_contacts,
        faults=_gone_of_contacts,
    )
)
