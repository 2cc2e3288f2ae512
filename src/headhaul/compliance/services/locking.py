"""One transaction at a time decides about an address, or denies it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from headhaul.compliance.hashing import normal

LOCKED_AT_MOST = 200  # PostgreSQL has few locks; a file of thousands does without
_LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 4711))"


def lock_addresses(addresses: Iterable[str]) -> None:
    """Wait for whoever decides about these now, in an order that cannot deadlock. Held until the transaction ends.

    Take it once in a transaction, and before any counter: two that take several one by one may wait for each other.
    """
    keys = sorted({normal(address) for address in addresses})
    if len(keys) <= LOCKED_AT_MOST:
        with connection.cursor() as cursor:
            for key in keys:
                cursor.execute(_LOCK, [key])
