"""Whoever takes down the same company at the same moment waits for the other, and then joins it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from django.db import connection

from headhaul.capture.services.given import Given

_SPACE = "capture"
_LOCK = "select pg_advisory_xact_lock(hashtext(%s), key) from unnest(%s::int[]) with ordinality as k(key, n) order by n"


def keys_of(client_id: str, given: Given) -> set[int]:
    """Numbers that stand for the client id, and for whatever two captures of one company share."""
    names = [f"client:{client_id}"]
    names += [f"dot:{given.dot_number}"] if given.dot_number else []
    names += [f"phone:{number}" for number in given.numbers]
    names += [f"email:{email}" for email in given.emails]
    names += [f"domain:{domain}" for domain in given.domains]
    if given.company:
        letters = "".join(char for char in given.company.lower() if char.isalnum())
        names.append(f"name:{given.state}:{letters[:4]}")
    return {zlib.crc32(name.encode()) - 2**31 for name in names}


def hold(keys: Iterable[int]) -> None:
    """Take them until the transaction ends, always in the same order, so that no two wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [_SPACE, sorted(set(keys))])
