"""Counting how often forms are used: a few statements that nobody waits for, in a table that no log is kept of."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from headhaul.capture.models import FormUse

HOUR = 3_600
KEPT_FOR = timedelta(days=1)
TOLD_FOR = timedelta(days=8)  # how much junk of an event was dropped
DROPPED = "dropped:"

_USE = """
insert into capture_formuse as u (key, "window", used, at)
select key, %(window)s, 1, %(at)s from unnest(%(keys)s::text[]) as k(key) order by key
on conflict (key, "window") do update set used = u.used + 1 returning key, used
"""


def use(keys: Sequence[str], *, at: datetime) -> dict[str, int]:
    """Count one use of each in this hour, and how many there were. In a transaction of its own: nobody waits long."""
    window = int(at.timestamp()) // HOUR
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_USE, {"keys": sorted(set(keys)), "window": window, "at": at})
        return dict(cursor.fetchall())


def used(key: str, *, at: datetime) -> int:
    """How often in this hour, without counting."""
    found = FormUse.objects.filter(key=key, window=int(at.timestamp()) // HOUR).values_list("used", flat=True).first()
    return found or 0


def seconds_left(at: datetime) -> int:
    """Until the next hour begins."""
    return HOUR - int(at.timestamp()) % HOUR


def hashed(text: str) -> str:
    """So that no address of anybody is kept."""
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def origin(address: str) -> str:
    """Where something came from, hashed. Of IPv6 the network: one customer has more addresses than there are counts."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return hashed(address)
    if found.version == 6 and found.ipv4_mapped is None:
        return hashed(str(ipaddress.ip_network((int(found), 64), strict=False)))
    return hashed(str(getattr(found, "ipv4_mapped", None) or found))


def prune(*, at: datetime) -> int:
    """Forget counts that have served their time; how many."""
    served = Q(at__lt=at - KEPT_FOR) & ~Q(key__startswith=DROPPED)
    return FormUse.objects.filter(served | Q(at__lt=at - TOLD_FOR)).delete()[0]
