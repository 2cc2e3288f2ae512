"""Proving what was decided, and asking what other rules would have said."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any

from headhaul.compliance import hashing
from headhaul.compliance.judging import rules as judging
from headhaul.compliance.judging.deciding import decide
from headhaul.compliance.judging.rows import InvalidRules
from headhaul.compliance.judging.rules import Rules
from headhaul.compliance.models import Receipt
from headhaul.compliance.schemas.receipts import (
    ExportReceipts,
    Neighbour,
    Proof,
    ReceiptReason,
    ReceiptsExported,
    ReplaySends,
    SendsReplayed,
    WouldFail,
)
from headhaul.compliance.selectors import receipts as reading
from headhaul.compliance.selectors.rows import fetch
from headhaul.compliance.services import receipts, sealing
from headhaul.kernel import InvalidData, NotFound

MOST_PROOFS = 200
REPLAYED_AT_ONCE = 5_000
SHOWN = 100


def export(*, asked: ExportReceipts, at: datetime) -> ReceiptsExported:
    """The proofs of one decision, of a message, a contact or an address, ready to be handed over."""
    wanted: dict[str, Any] = {
        name: value
        for name, value in (
            ("pk", asked.receipt_id),
            ("message_id", asked.message_id),
            ("contact_id", asked.contact_id),
            ("address_hash__in", hashing.hashes_of(asked.address) if asked.address else None),
        )
        if value is not None
    }
    if len(wanted) != 1:
        said = "receiptId, messageId, contactId or address: one of them"
        raise InvalidData("Say of what.", fields={"receiptId": said})
    found = list(Receipt.objects.filter(**wanted).order_by("-pk")[: MOST_PROOFS + 1])
    if not found:
        raise NotFound("Nothing was decided about that.")
    shown = found[:MOST_PROOFS][::-1]
    return ReceiptsExported(
        exported_at=at, proofs=[_proof(receipt) for receipt in shown], is_complete=len(found) <= MOST_PROOFS
    )


def _proof(receipt: Receipt) -> Proof:
    row = fetch(f"select {sealing.COLUMNS} from compliance_receipt where id = %s", [receipt.pk])[0]
    is_sealed = receipt.sequence is not None
    text = sealing.sealed_text(receipt.previous, receipt.sequence or 0, row, receipt.personal_digest)
    beside = reading.beside(receipt.sequence) if receipt.sequence is not None else {}
    before, after = (beside.get((receipt.sequence or 0) + step) for step in (-1, 1))
    fits = sealing.digest_of(text) == receipt.seal and (
        receipt.erased_at is not None or sealing.personal_digest(row) == receipt.personal_digest
    )
    return Proof(
        receipt=reading.row_of(receipt),
        facts=receipt.facts,
        content=receipt.content.get("said"),
        rules_hash=receipt.rules_hash,
        rules_are_current=receipt.rules_hash == judging.current().hash,
        tzdata=receipt.tzdata,
        body_hash=receipt.body_hash,
        sequence=receipt.sequence,
        previous=receipt.previous,
        seal=receipt.seal,
        sealed_text=text if is_sealed else "",
        seal_holds=fits if is_sealed else None,
        before=Neighbour(**before) if before else None,
        after=Neighbour(**after) if after else None,
        erased_at=receipt.erased_at,
    )


def replay(*, asked: ReplaySends) -> SendsReplayed:
    """Judge past sends again, on the facts of then, under other rules or those of today."""
    rules = _rules(asked.rules)
    by_rule: Counter[str] = Counter()
    first: list[WouldFail] = []
    checked = without_words = 0
    last = None
    for receipt in reading.sends(since=asked.since, until=asked.until, after_id=asked.after_id, limit=REPLAYED_AT_ONCE):
        checked, last = checked + 1, receipt.pk
        without_words += receipt.erased_at is not None
        proposal, facts = receipts.restored(receipt)
        verdict = decide(proposal, facts, at=receipt.at, rules=rules)
        if verdict.is_allowed:
            continue
        by_rule[verdict.reasons[0].rule] += 1
        if len(first) < SHOWN:
            first.append(
                WouldFail(
                    receipt_id=receipt.pk,
                    at=receipt.at,
                    channel=receipt.channel,
                    address=receipt.address,
                    contact_id=receipt.contact_id,
                    outcome=verdict.outcome,
                    reasons=[ReceiptReason(**asdict(reason)) for reason in verdict.reasons],
                )
            )
    return SendsReplayed(
        rules_hash=rules.hash,
        checked=checked,
        would_fail=by_rule.total(),
        by_rule=dict(by_rule.most_common()),
        without_words=without_words,
        first=first,
        next_after_id=last if checked == REPLAYED_AT_ONCE else None,
    )


def _rules(text: str | None) -> Rules:
    if text is None or not text.strip():
        return judging.current()
    try:
        return Rules.load(text)
    except InvalidRules as wrong:
        raise InvalidData(
            f"These rules cannot be used. {wrong}", fields={"rules": "see docs/reference/rules.md"}
        ) from wrong
