"""Entering and changing accounts: no silent overwrites, and every change leaves its history.

Keys to find an account by and its time zone are derived here, on every way in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.choices import (
    AccountSource,
    CustomEntity,
    FleetSource,
    MergeEntity,
    ZoneConfidence,
    ZoneSource,
)
from headhaul.accounts.deriving import keys_of
from headhaul.accounts.errors import AccountExists, StaleAccount
from headhaul.accounts.models import Account
from headhaul.accounts.ports import happenings as ports
from headhaul.accounts.regions import region_of
from headhaul.accounts.selectors import merged
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions
from headhaul.accounts.services import checks, contact_zones, custom, history, opening, scores
from headhaul.carriers.choices import Segment
from headhaul.carriers.models import Carrier
from headhaul.carriers.selectors.written import read
from headhaul.carriers.services.signals_store import current_day
from headhaul.kernel import Actor

DERIVED = ("phone_key", "domain", "timezone_source", "timezone_confidence")
BLANKS = frozenset({"region", "state", "city", "street", "zip", "phone", "email", "website", "description", "timezone"})


def lock(account_id: int, *, by: Actor, version: int | None = None) -> Account:
    """The account, held until the transaction ends. StaleAccount when `version` is given and not current."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("a.id = %s", account_id)
    found = read(Account, f"{narrowed.where} for update of a", narrowed.parameters, alias="a")
    if not found:
        raise merged.missing(entity=MergeEntity.ACCOUNT, record_id=account_id, by=by)
    account = found[0]
    if version is not None and account.version != version:
        raise StaleAccount(
            f"{account.name} was changed meanwhile. Look at it again, then repeat your change.",
            current=account.version,
        )
    return account


def apply(
    *, account: Account, values: Mapping[str, Any], at: datetime, by: Actor, source: str = "", batch_id: str = ""
) -> Account:
    """Write what differs, raise the version once, note each change. Without a difference nothing happens.

    None clears a field. What follows from the values is written too; the history keeps what people know.
    """
    wanted = completed(values, at=at, account=account)
    changes = history.changed(account, wanted)
    if "dot_number" in changes:
        _check_free(wanted["dot_number"], by=by)
    if changes:
        columns = history.columns(changes)
        for name in columns:
            setattr(account, name, wanted[name])
        account.version += 1
        account.updated_at = at
        _save(account, [*columns, "version", "updated_at"])
        told = _told(changes, wanted)
        history.record(account_id=account.pk, changes=told, at=at, by=by, source=source, batch_id=batch_id)
        if changes.keys() & {"timezone", "timezone_confidence", "zip", "state"}:
            contact_zones.refresh(account)
        if "dot_number" in changes and (day := current_day()) is not None:
            scores.refresh(day=day, account_id=account.pk)
        ports.tell_changed(account_id=account.pk, version=account.version, changes=told, at=at, by=by)
    return account


def create(
    *,
    values: Mapping[str, Any],
    owner_id: int | None,
    at: datetime,
    by: Actor,
    team_id: int | None = None,
    origin: AccountSource = AccountSource.MANUAL,
    source: str = "",
    batch_id: str = "",
) -> Account:
    """Enter an account. With a USDOT number, what is not given comes from the census. `origin` is kept with it."""
    given = {name: value for name, value in values.items() if value is not None}
    dot_number = given.pop("dot_number", None)
    team = {} if team_id is None else {"team_id": team_id}
    if dot_number is not None and Carrier.objects.filter(pk=dot_number).exists():
        opened = opening.open_from_signal(dot_number=dot_number, owner_id=owner_id, source=origin, at=at, by=by)
        if not opened.created:
            raise _exists(dot_number, by=by)
        return apply(account=opened.account, values=given | team, at=at, by=by, source=source, batch_id=batch_id)
    account = Account(dot_number=dot_number, owner_id=owner_id, source=origin, created_at=at, updated_at=at, **team)
    account.created_by_id = by.user_id
    for name, value in completed(given, at=at, account=account).items():
        setattr(account, name, value)
    _insert(account, by=by)
    first = {"status": (None, str(account.status))} | ({"owner": (None, owner_id)} if owner_id else {})
    history.record(account_id=account.pk, changes=first, at=at, by=by, source=source, batch_id=batch_id)
    ports.tell_opened(account_ids=[account.pk], at=at, by=by)
    return account


def completed(values: Mapping[str, Any], *, at: datetime, account: Account | None = None) -> dict[str, Any]:
    """The values, checked, and what follows from them: region of the state, source of the fleet size, keys, zone."""
    row = account or Account()
    full: dict[str, Any] = {
        name: "" if value is None and name in BLANKS else value for name, value in checks.checked(values).items()
    }
    if full.get("segment", "") is None:
        full["segment"] = Segment.UNKNOWN
    state = full.get("state", row.state)
    if state != row.state or not full.get("region", "-"):
        full["region"] = full.get("region") or region_of(state)
    _fleet(full, row, at=at)
    if "custom" in full:
        patch = custom.validated(CustomEntity.ACCOUNT, full["custom"] or {}, before=row.custom)
        full["custom"] = custom.merged(row.custom, patch)
    return full | _keys(full, row)


def _fleet(full: dict[str, Any], row: Account, *, at: datetime) -> None:
    """A size has its source and date; without a size there is neither."""
    size = full.get("fleet_size", row.fleet_size)
    if size is None:
        full.update(fleet_source=FleetSource.UNKNOWN, fleet_as_of=None)
    elif size != row.fleet_size:
        full["fleet_source"] = full.get("fleet_source") or FleetSource.PERSON
        full.setdefault("fleet_as_of", at.date())
    elif not full.get("fleet_source", FleetSource.PERSON):
        full.pop("fleet_source")


def _keys(full: Mapping[str, Any], row: Account) -> dict[str, Any]:
    now = {name: full.get(name, getattr(row, name)) for name in ("phone", "website", "email", "zip", "state")}
    keys = keys_of(
        phone=now["phone"], website=now["website"], email=now["email"], zip_code=now["zip"], state=now["state"]
    )._asdict()
    zone = full.get("timezone", row.timezone)
    if zone and ("timezone" in full or row.timezone_source == ZoneSource.PERSON):
        person = {"timezone_source": ZoneSource.PERSON.value, "timezone_confidence": ZoneConfidence.HIGH.value}
        keys |= {"timezone": zone, **person}
    elif zone and row.timezone_source == ZoneSource.FILE:
        keys |= {name: getattr(row, name) for name in ("timezone", "timezone_source", "timezone_confidence")}
    return keys


def _told(changes: Mapping[str, tuple[Any, Any]], wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the history keeps: not the keys, and of zones only those that somebody set or took back."""
    told = {name: pair for name, pair in changes.items() if name not in DERIVED}
    sources = changes.get("timezone_source", ("", wanted["timezone_source"]))
    if ZoneSource.PERSON.value not in sources:
        told.pop("timezone", None)
    return told


_FIELDS = {name: field for field in Account._meta.concrete_fields for name in (field.name, field.attname)}


def _save(account: Account, columns: list[str]) -> None:
    """Written out: building this update costs the ORM more than PostgreSQL needs for it."""
    fields = [_FIELDS[name] for name in dict.fromkeys(columns)]
    sets = ", ".join(f"{field.column} = %s" for field in fields)
    values = [field.get_db_prep_save(getattr(account, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"update accounts_account set {sets} where id = %s", [*values, account.pk])


# Without a savepoint, as an insert that is caught failing would need one.
_NEW = [field for field in Account._meta.concrete_fields if not field.primary_key]
_VALUES = ", ".join(
    "coalesce(%s, (select team_id from security_user where id = %s))" if field.attname == "team_id" else "%s"
    for field in _NEW
)
_INSERT = f"""
with new as (
    insert into accounts_account ({", ".join(str(field.column) for field in _NEW)})
    values ({_VALUES}) on conflict (dot_number) do nothing returning id, created_at, team_id
), living as (
    insert into accounts_accountpulse (account_id, last_activity_at) select id, created_at from new
), scored as (
    insert into accounts_accountscore (account_id, is_spike) select id, false from new
)
select id, team_id from new
"""


def _insert(account: Account, *, by: Actor) -> None:
    values: list[Any] = []
    for field in _NEW:
        values.append(field.get_db_prep_save(getattr(account, field.attname), connection))
        if field.attname == "team_id":
            values.append(account.owner_id)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        row = cursor.fetchone()
    if row is None:
        raise _exists(account.dot_number, by=by)
    account.pk, account.team_id = row


def _check_free(dot_number: int | None, *, by: Actor) -> None:
    if dot_number is not None and Account.objects.filter(dot_number=dot_number).exists():
        raise _exists(dot_number, by=by)


def _exists(dot_number: int | None, *, by: Actor) -> AccountExists:
    account = Account.objects.visible_to(by).filter(dot_number=dot_number).first()
    if account is None:
        return AccountExists(
            "Somebody else has an account with this USDOT number. Ask a manager.", fields={"dotNumber": "taken"}
        )
    return AccountExists(
        f"{account.name} has this USDOT number already.", fields={"dotNumber": f"see account {account.pk}"}
    )
