"""What this room keeps about a person beside their consent: denials, and the proof of each decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headhaul.compliance import hashing
from headhaul.compliance.selectors.rows import fetch

_DENIALS = """
select scope, channel, is_lift, reason, source, evidence, effective_at, recorded_at from compliance_suppression
where key_hash = any(%(hashes)s) and key_hash <> '' or scope = 'contact' and key = any(%(keys)s) order by id
"""
_DECISIONS = """
select id, at, outcome, purpose, channel, address, content, action, until, reasons, facts from compliance_receipt
where contact_id = any(%(contacts)s) or contact_id is null and address_hash = any(%(hashes)s) and address_hash <> ''
order by id
"""


def denials(*, addresses: Sequence[str], contact_ids: Sequence[int]) -> list[dict[str, Any]]:
    """What was denied of their addresses and of them, and what was lifted again, oldest first."""
    return fetch(_DENIALS, {"hashes": _hashes(addresses), "keys": [str(key) for key in contact_ids]})


def decisions(*, addresses: Sequence[str], contact_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Every decision about reaching them, with its facts, oldest first."""
    return fetch(_DECISIONS, {"hashes": _hashes(addresses), "contacts": list(contact_ids)})


def _hashes(addresses: Sequence[str]) -> list[str]:
    return [each for address in addresses for each in hashing.hashes_of(address)]
