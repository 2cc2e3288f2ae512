"""Forgetting a person at their wish: the words go; refusals and proofs stay, or they would be written to again.

A refusal is then known by the hash of the address alone, and a proof says what was decided on which facts, not of whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.compliance import hashing
from headhaul.compliance.services import sealing, suppression
from headhaul.kernel import SYSTEM, Actor

# The triggers that keep the tables append-only let these pass, inside their own transaction only.
# What was refused, and the listings of the registry, are kept by the hash of the address in its place.
_FORGET = (
    "select set_config('headhaul.erasing', 'on', true)",
    "delete from compliance_consentevent where address = any(%(addresses)s) and status not in ('opted_out', 'revoked')",
    "update compliance_consentevent e set evidence = '', address = known.hash"
    " from unnest(%(addresses)s::text[], %(newest)s::text[]) known(address, hash) where e.address = known.address",
    "update compliance_suppression set key = '', evidence = ''"
    " where key_hash = any(%(hashes)s) and key_hash <> '' and (key <> '' or evidence <> '')",
    "update compliance_suppression set evidence = ''"
    " where scope = 'contact' and key = any(%(people)s) and evidence <> ''",
    "delete from compliance_dncscrub where number = any(%(addresses)s) and not is_listed",
    "update compliance_dncscrub s set number = known.hash"
    " from unnest(%(addresses)s::text[], %(newest)s::text[]) known(address, hash) where s.number = known.address",
    "update compliance_receipt set address = '', content = '{}', erased_at = %(at)s"
    " where (address_hash = any(%(hashes)s) or contact_id = any(%(contacts)s)) and erased_at is null",
    "select set_config('headhaul.erasing', '', true)",
)


def forget(*, addresses: Sequence[str], at: datetime, contact_ids: Sequence[int] = (), by: Actor = SYSTEM) -> None:
    """Remove permissions, evidence and texts of these addresses; what they refused stays refused. Proofs about these
    contacts lose the name too, whatever address they had then.

    What is denied of the person is denied of every address first, since nobody knows their number again.
    """
    known = list(dict.fromkeys(addresses))
    suppression.leave_with_addresses(contact_ids=contact_ids, addresses=known, at=at, by=by)
    hashes = [each for address in known for each in hashing.hashes_of(address)]
    sealing.seal_pending(at=at, waits=True)  # a proof is sealed while it is whole
    with connection.cursor() as cursor:
        for statement in _FORGET:
            given: dict[str, Any] = {
                "addresses": known,
                "newest": [hashing.hash_of(address) for address in known],
                "hashes": hashes,
                "people": [str(key) for key in contact_ids],
                "contacts": list(contact_ids),
                "at": at,
            }
            cursor.execute(statement, given)
