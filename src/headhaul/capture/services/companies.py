"""The account of a lead: joined, with what it lacked, or opened. What a person set is never written over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import AccountSource, AccountStatus
from headhaul.accounts.models import Account
from headhaul.accounts.services import editing, opening
from headhaul.capture.services.given import Given
from headhaul.capture.services.matching import Match
from headhaul.carriers.models import Carrier
from headhaul.carriers.services.signals_store import current_day
from headhaul.kernel import SYSTEM, Actor
from headhaul.kernel.addresses import website_key

ADDRESS = ("street", "city", "state", "zip")


@dataclass(frozen=True, slots=True)
class Joined:
    """The account, whether it is new, whether it lacked something, and what was said otherwise than what is known."""

    account: Account
    is_new: bool
    is_filled: bool
    differs: list[str]


def join(*, match: Match, given: Given, at: datetime, by: Actor, source: str) -> Joined:
    """The account that was found, with what it lacked, or a new one."""
    if match.account_id is not None:
        account, is_new = editing.lock(match.account_id, by=SYSTEM), False
    else:
        account, is_new = _opened(given, at=at, by=by, source=source), True
    values, differs = _lacking(account, given)
    if values:
        account = editing.apply(account=account, values=values, at=at, by=by, source=source)
    return Joined(account, is_new, bool(values), differs)


def raise_to(*, account: Account, is_hot: bool, at: datetime, by: Actor, source: str) -> Account:
    """A hot lead makes a target a prospect. Nothing makes any account less than it is."""
    if is_hot and account.status == AccountStatus.TARGET:
        held = editing.lock(account.pk, by=SYSTEM)
        return editing.apply(account=held, values={"status": AccountStatus.PROSPECTING}, at=at, by=by, source=source)
    return account


def _opened(given: Given, *, at: datetime, by: Actor, source: str) -> Account:
    """By the census where it knows the number, otherwise by what was said."""
    number = given.dot_number
    if number is not None and Carrier.objects.filter(pk=number).exists():
        opened = opening.open_from_signal(
            dot_number=number, day=current_day(), source=AccountSource.CAPTURE, at=at, by=by
        )
        return editing.lock(opened.account.pk, by=SYSTEM)
    name = given.company or (given.domains[0] if given.domains else "") or given.person_name
    values: dict[str, Any] = {"name": name or f"DOT {number}", "dot_number": number}
    return editing.create(values=values, owner_id=None, origin=AccountSource.CAPTURE, at=at, by=by, source=source)


def _lacking(account: Account, given: Given) -> tuple[dict[str, Any], list[str]]:
    """What to fill in, and what differs."""
    values: dict[str, Any] = {}
    differs: list[str] = []
    if given.dot_number is not None and account.dot_number is None:
        values["dot_number"] = given.dot_number
    _compare("Name", given.company, account.name, _plain, values, differs, column="")
    _place(account, given, values, differs)
    _compare("Website", given.website, account.website, website_key, values, differs, column="website")
    if given.fleet_size is not None:
        if account.fleet_size is None:
            values["fleet_size"] = given.fleet_size
        elif account.fleet_size != given.fleet_size:
            differs.append(f"Fleet: they said {given.fleet_size}, {account.fleet_size} is known and stays.")
    if not given.has_person:
        return values, differs
    if given.emails and not account.email and not given.contact_name:
        values["email"] = given.emails[0]
    if given.phones and not account.phone and not given.contact_name:
        values["phone"] = given.phones[0].number
    return {name: value for name, value in values.items() if value not in ("", None)}, differs


def _place(account: Account, given: Given, values: dict[str, Any], differs: list[str]) -> None:
    """Parts of an address belong together: they are only filled in where none contradicts another."""
    said = {part: getattr(given, part) for part in ADDRESS}
    known = {part: getattr(account, part) for part in ADDRESS}
    contradicts = [
        part for part in ("state", "city", "zip") if said[part] and known[part] and not _same(part, said, known)
    ]
    if contradicts:
        there = ", ".join(said[part] for part in ("city", "state", "zip") if said[part])
        here = ", ".join(known[part] for part in ("city", "state", "zip") if known[part])
        differs.append(f"Place: they said {there}, {here} is known and stays.")
        return
    values |= {part: said[part] for part in ADDRESS if said[part] and not known[part]}


def _same(part: str, said: Mapping[str, str], known: Mapping[str, str]) -> bool:
    if part == "zip":
        return said[part][:5] == known[part][:5]
    return said[part].strip().lower() == known[part].strip().lower()


def _compare(
    label: str, said: str, known: str, key: Any, values: dict[str, Any], differs: list[str], *, column: str
) -> None:
    if not said:
        return
    if not known and column:
        values[column] = said
    elif key(said) != key(known):
        differs.append(f"{label}: they said “{said}”, “{known}” is known and stays.")


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
