"""What is known about an address at a moment: what was said, what was scrubbed, what the clocks show."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from headhaul.compliance.judging.words import Said
from headhaul.compliance.selectors.rows import fetch

_SAID = """
select id, channel, status, basis, source, captured_at as at, expires_at, evidence <> '' as has_evidence,
       captured_by_id is not null as by_person
from compliance_consentevent where address = %s and captured_at <= %s order by captured_at, id
"""
_SCRUB = """
select scrubbed_at, is_listed from compliance_dncscrub
where number = %s and register = 'do_not_call' and scrubbed_at <= %s order by scrubbed_at desc, id desc limit 1
"""
_STILL_THEIRS = """
select scrubbed_at from compliance_dncscrub
where number = %s and register = 'reassigned' and not is_listed and scrubbed_at <= %s
order by scrubbed_at desc, id desc limit 1
"""
_CLOCK = "select extract(epoch from clock_timestamp())::float8 as seconds"


def said(address: str, *, at: datetime) -> tuple[Said, ...]:
    """Everything that was said at an address up to now, oldest first."""
    return tuple(Said(**row) for row in fetch(_SAID, [address, at]))


def scrub(number: str, *, at: datetime) -> dict[str, Any]:
    """When a number was last held against the national list, and whether it was on it."""
    found = fetch(_SCRUB, [number, at])
    return found[0] if found else {"scrubbed_at": None, "is_listed": None}


def still_theirs(number: str, *, at: datetime) -> datetime | None:
    """When the database of reassigned numbers last said that a number has still the owner who agreed."""
    found = fetch(_STILL_THEIRS, [number, at])
    return found[0]["scrubbed_at"] if found else None


def address_of_user(user_id: int | None) -> str:
    """The e-mail address of a user; "" of none."""
    found = fetch("select email from security_user where id = %s and is_active", [user_id])
    return str(found[0]["email"]) if found else ""


def clock_skew() -> float:
    """By how many seconds this machine's clock differs from the database's: the one thing here that reads clocks."""
    before = time.time()
    seconds = float(fetch(_CLOCK, [])[0]["seconds"])
    after = time.time()
    return max(before - seconds, seconds - after, 0.0)
