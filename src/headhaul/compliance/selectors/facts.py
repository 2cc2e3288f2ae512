"""What is known about an address at a moment: what was said, what was scrubbed, what the clocks show."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from headhaul.compliance import hashing
from headhaul.compliance.choices import ConsentStatus
from headhaul.compliance.judging.words import Said
from headhaul.compliance.selectors.rows import fetch

_SAID = """
select address, recorded_at, id, channel, status, basis, source, captured_at as at, expires_at,
       evidence <> '' as has_evidence, captured_by_id is not null as by_person
from compliance_consentevent where address = any(%s) and captured_at <= %s order by captured_at, id
"""
# Only the lifts that waited their day are an administrator's: those that take back a note take effect at once. A lift
# ends what was said while the denial stood that it lifts, and was told of before the lift.
_LIFTS = """
select l.key_hash, l.channel, l.effective_at, l.recorded_at, min(d.recorded_at) as since
from compliance_suppression l join compliance_suppression d
  on not d.is_lift and d.scope = l.scope and d.key = l.key and d.key_hash = l.key_hash and d.channel = l.channel
  and d.reason = l.reason and d.id < l.id
where l.is_lift and l.scope = 'address' and l.key_hash = any(%s) and l.reason in ('opt_out', 'dnc_request')
  and l.effective_at >= l.recorded_at + interval '24 hours'
group by l.id order by l.effective_at, l.id
"""
_SCRUB = """
select scrubbed_at, is_listed from compliance_dncscrub
where number = any(%s) and register = 'do_not_call' and scrubbed_at <= %s order by scrubbed_at desc, id desc limit 1
"""
_STILL_THEIRS = """
select scrubbed_at from compliance_dncscrub
where number = %s and register = 'reassigned' and not is_listed and scrubbed_at <= %s
order by scrubbed_at desc, id desc limit 1
"""
_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_CLOCK = "select extract(epoch from clock_timestamp())::float8 as seconds"


def said(address: str, *, at: datetime) -> tuple[Said, ...]:
    """Everything that was said at an address up to now, oldest first."""
    return said_of([address], at=at)[address]


def said_of(addresses: Iterable[str], *, at: datetime) -> dict[str, tuple[Said, ...]]:
    """The same of many addresses; what a forgotten person refused is found by the hash of theirs."""
    found: dict[str, list[Said]] = {address: [] for address in addresses}
    known = {address: hashing.hashes_of(address) for address in found}
    owner = {key: address for address, keys in known.items() for key in (*keys, address)}
    rows = fetch(_SAID, [list(owner), at])
    refusing = {owner[row["address"]] for row in rows if ConsentStatus(row["status"]).denies}
    lifts = fetch(_LIFTS, [[key for address in refusing for key in known[address]]]) if refusing else []
    for row in rows:
        address, recorded_at = owner[row.pop("address")], row.pop("recorded_at")
        lifted_at = _lifted_at(row, recorded_at, known[address], lifts)
        found[address].append(Said(**row, lifted_at=lifted_at))
    return {address: tuple(each) for address, each in found.items()}


def lifted_refusals(addresses: Iterable[str]) -> set[int]:
    """The refusals at these addresses that an administrator lifted, though it may not be in effect yet."""
    said = said_of(addresses, at=_EVER)
    return {event.id for events in said.values() for event in events if event.lifted_at is not None}


def _lifted_at(
    row: Mapping[str, Any], recorded_at: datetime, hashes: Sequence[str], lifts: Sequence[Mapping[str, Any]]
) -> datetime | None:
    """When the denial of a refusal ends, or ended, by the first lift of it; None for anything else."""
    if not ConsentStatus(row["status"]).denies:
        return None
    ends = (
        lift["effective_at"]
        for lift in lifts
        if lift["key_hash"] in hashes
        and lift["channel"] == row["channel"]
        and lift["since"] <= recorded_at <= lift["recorded_at"]
    )
    return min(ends, default=None)


def scrub(number: str, *, at: datetime) -> dict[str, Any]:
    """When a number was last held against the national list, and whether it was on it."""
    found = fetch(_SCRUB, [[number, *hashing.hashes_of(number)], at])
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
