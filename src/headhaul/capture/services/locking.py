"""Whoever takes down the same company at the same moment waits for the other, and then joins it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from django.db import connection

from headhaul.accounts.selectors.pages import fetch
from headhaul.capture.services.given import Given
from headhaul.kernel.addresses import domain_of, phone_key

_SPACE = "capture"
_CENSUS = "select phone, email from carriers_carrier where dot_number = %s"
_BEGINS = "select left(accounts_name_block(%s), 4) as letters"
_LOCK = "select pg_advisory_xact_lock(hashtext(%s), key) from unnest(%s::int[]) with ordinality as k(key, n) order by n"


def keys_of(client_id: str, given: Given) -> set[int]:
    """Numbers that stand for the client id, and for whatever two captures of one company share."""
    names = [f"client:{client_id}"]
    names += [f"dot:{given.dot_number}"] if given.dot_number else []
    phones, domains = _of_census(given.dot_number)
    names += [f"phone:{number}" for number in {*given.numbers, *phones}]
    names += [f"email:{email}" for email in given.emails]
    names += [f"domain:{domain}" for domain in {*given.domains, *domains}]
    if given.company:  # without its state: whoever left it out may mean the same
        names.append(f"name:{fetch(_BEGINS, [given.company])[0]['letters']}")
    return {zlib.crc32(name.encode()) - 2**31 for name in names}


def _of_census(dot_number: int | None) -> tuple[set[str], set[str]]:
    """The number and domain that the census gives the account: somebody else may come by these at the same moment."""
    found = fetch(_CENSUS, [dot_number]) if dot_number else []
    if not found:
        return set(), set()
    return {phone_key(found[0]["phone"])} - {""}, {domain_of(found[0]["email"])} - {""}


def hold(keys: Iterable[int]) -> None:
    """Take them until the transaction ends, always in the same order, so that no two wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [_SPACE, sorted(set(keys))])
