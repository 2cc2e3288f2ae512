"""Entering and changing accounts by hand: no silent overwrites, and every change leaves its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.choices import AccountSource, FleetSource
from headhaul.accounts.errors import AccountExists, StaleAccount
from headhaul.accounts.models import Account
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions
from headhaul.accounts.services import history, opening
from headhaul.accounts.services.regions import region_of
from headhaul.carriers.models import Carrier
from headhaul.carriers.selectors.written import read
from headhaul.kernel import Actor, NotFound


def lock(account_id: int, *, by: Actor, version: int | None = None) -> Account:
    """The account, held until the transaction ends. StaleAccount when `version` is given and not current."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("a.id = %s", account_id)
    found = read(Account, f"{narrowed.where} for update of a", narrowed.parameters, alias="a")
    if not found:
        raise NotFound(f"There is no account {account_id}.")
    account = found[0]
    if version is not None and account.version != version:
        raise StaleAccount(
            f"{account.name} was changed meanwhile. Look at it again, then repeat your change.",
            current=account.version,
        )
    return account


def apply(*, account: Account, values: Mapping[str, Any], at: datetime, by: Actor) -> Account:
    """Write what differs, raise the version once, note each change. Without a difference nothing happens."""
    changes = history.changed(account, values)
    if changes:
        for name in changes:
            setattr(account, name, values[name])
        account.version += 1
        account.updated_at = at
        account.save(update_fields=[*changes, "version", "updated_at"])
        history.record(account_id=account.pk, changes=changes, at=at, by=by)
    return account


def create(*, values: Mapping[str, Any], owner_id: int | None, at: datetime, by: Actor) -> Account:
    """Enter an account by hand. With a USDOT number, what is not given comes from the census."""
    given = {name: value for name, value in values.items() if value is not None}
    dot_number = given.pop("dot_number", None)
    if dot_number is not None and Carrier.objects.filter(pk=dot_number).exists():
        opened = opening.open_from_signal(
            dot_number=dot_number, owner_id=owner_id, source=AccountSource.MANUAL, at=at, by=by
        )
        if not opened.created:
            raise _exists(opened.account)
        return apply(account=opened.account, values=completed(given, at=at), at=at, by=by)
    account = Account(
        **completed(given, at=at),
        dot_number=dot_number,
        owner_id=owner_id,
        source=AccountSource.MANUAL,
        created_at=at,
        created_by_id=by.user_id,
        updated_at=at,
    )
    _insert(account)
    first = {"status": (None, str(account.status))} | ({"owner": (None, owner_id)} if owner_id else {})
    history.record(account_id=account.pk, changes=first, at=at, by=by)
    return account


# Without a savepoint, as an insert that is caught failing would need one.
_NEW = [field for field in Account._meta.concrete_fields if not field.primary_key]
_INSERT = f"""
with new as (
    insert into accounts_account ({", ".join(str(field.column) for field in _NEW)})
    values ({", ".join(["%s"] * len(_NEW))}) on conflict (dot_number) do nothing returning id
)
insert into accounts_accountscore (account_id, is_spike) select id, false from new returning account_id
"""


def _insert(account: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [field.get_db_prep_save(getattr(account, field.attname), connection) for field in _NEW])
        row = cursor.fetchone()
    if row is None:
        raise _exists(Account.objects.get(dot_number=account.dot_number))
    account.pk = row[0]


def completed(values: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The values and what follows from them: a state has its region, a fleet size its source and date."""
    full = dict(values)
    if "state" in full:
        full.setdefault("region", region_of(full["state"]))
    if "fleet_size" in full:
        known = full["fleet_size"] is not None
        full["fleet_source"] = FleetSource.PERSON if known else FleetSource.UNKNOWN
        full["fleet_as_of"] = at.date() if known else None
    return full


def _exists(account: Account) -> AccountExists:
    return AccountExists(
        f"{account.name} has this USDOT number already.", fields={"dotNumber": f"see account {account.pk}"}
    )
