"""Forgetting a person at their wish: the words go; refusals and proofs stay, or they would be written to again.

A refusal is then known by the hash of the address alone, and a proof says what was decided on which facts, not of whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.compliance import hashing
from headhaul.compliance.services import sealing

# The triggers that keep the tables append-only let these pass, inside their own transaction only.
_FORGET = (
    "select set_config('headhaul.erasing', 'on', true)",
    "delete from compliance_consentevent where address = any(%(addresses)s) and status not in ('opted_out', 'revoked')",
    "update compliance_consentevent set evidence = '' where address = any(%(addresses)s) and evidence <> ''",
    "update compliance_suppression set key = '', evidence = ''"
    " where key_hash = any(%(hashes)s) and key_hash <> '' and (key <> '' or evidence <> '')",
    "delete from compliance_dncscrub where number = any(%(addresses)s)",
    "update compliance_receipt set address = '', content = '{}', erased_at = %(at)s"
    " where (address_hash = any(%(hashes)s) or contact_id = any(%(contacts)s)) and erased_at is null",
    "select set_config('headhaul.erasing', '', true)",
)


def forget(*, addresses: Sequence[str], at: datetime, contact_ids: Sequence[int] = ()) -> None:
    """Remove permissions, evidence and texts of these addresses; what they refused stays refused. Proofs about these
    contacts lose the name too, whatever address they had then.
    """
    hashes = [each for address in addresses for each in hashing.hashes_of(address)]
    sealing.seal_pending(at=at, waits=True)  # a proof is sealed while it is whole
    with connection.cursor() as cursor:
        for statement in _FORGET:
            given: dict[str, Any] = {
                "addresses": list(addresses),
                "hashes": hashes,
                "contacts": list(contact_ids),
                "at": at,
            }
            cursor.execute(statement, given)
