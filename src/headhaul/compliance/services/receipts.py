"""Keeping the proof of a decision: what was asked, on which facts, by which rules, and what came out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from headhaul.compliance import hashing
from headhaul.compliance.choices import Purpose
from headhaul.compliance.judging.words import Cap, Content, Denied, Facts, Held, Proposal, Said, Verdict
from headhaul.compliance.models import Receipt

NAMELESS = "(address)"
_KINDS = {"said": Said, "denied": Denied, "held": Held, "caps": Cap}


def store(
    *,
    proposal: Proposal,
    facts: Facts,
    verdict: Verdict,
    message_id: UUID | None = None,
    attempt_id: UUID | None = None,
    action: str = "",
    buckets: Sequence[str] = (),
) -> int:
    """Append the receipt of a decision; its number. What names the person or was said to them is kept apart."""
    content = proposal.content
    asked = asdict(proposal)
    del asked["address"], asked["content"]
    made_of = {"proposal": asked, "facts": asdict(facts), "evidence": verdict.evidence, "reserved": list(buckets)}
    receipt = Receipt.objects.create(
        at=verdict.at,
        outcome=verdict.outcome,
        purpose=proposal.purpose,
        channel=proposal.channel,
        address=proposal.address,
        address_hash=hashing.hash_of(proposal.address),
        content={"salt": secrets.token_hex(16), "said": asdict(content) if content else None},
        contact_id=proposal.contact_id,
        account_id=proposal.account_id,
        sender_id=proposal.sender_id,
        user_id=proposal.user_id,
        message_id=message_id,
        attempt_id=attempt_id if verdict.is_allowed else None,
        action=action,
        until=verdict.until,
        reasons=_plain([asdict(reason) for reason in verdict.reasons], proposal.address),
        facts=_plain(made_of, proposal.address),
        rules_hash=verdict.rules_hash,
        tzdata=verdict.tzdata,
        body_hash=content.body_hash if content else "",
    )
    return receipt.pk


def restored(receipt: Receipt) -> tuple[Proposal, Facts]:
    """What the decision was made of, as the judge takes it. Of a forgotten person without address and words."""
    kept = receipt.facts
    said = receipt.content.get("said")
    asked = {**kept["proposal"], "purpose": Purpose(kept["proposal"]["purpose"])}
    proposal = Proposal(**asked, address=receipt.address, content=Content(**said) if said else None)
    return proposal, _facts(kept["facts"])


def _facts(kept: Mapping[str, Any]) -> Facts:
    values: dict[str, Any] = {}
    for field in fields(Facts):
        if field.name not in kept:  # a fact that nobody looked up then
            continue
        value = kept[field.name]
        if field.name in _KINDS:
            value = tuple(_dated(_KINDS[field.name], row) for row in value)
        elif isinstance(value, list):
            value = tuple(value)
        elif field.name.endswith("_at") and value is not None:
            value = datetime.fromisoformat(value)
        values[field.name] = value
    return Facts(**values)


def _dated(kind: type, row: Mapping[str, Any]) -> Any:
    dates = {"at", "since", "until", "expires_at", "resets_at", "lifted_at"}
    return kind(
        **{name: datetime.fromisoformat(value) if name in dates and value else value for name, value in row.items()}
    )


def _plain(value: Any, address: str) -> Any:
    """As JSON, without the address: that stands in its own column, and can be forgotten there."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each, address) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each, address) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value.replace(address, NAMELESS) if address else value
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)
