"""The proofs of decisions."""

from __future__ import annotations

from headhaul.compliance.schemas import receipts as schemas
from headhaul.compliance.selectors import receipts as reading
from headhaul.compliance.services import proving, verifying
from headhaul.compliance.services.sealing import Head
from headhaul.kernel import Call, Role, action


@action("getReceipts", reply="receiptsLoaded", role=Role.MANAGER)
def get_receipts(call: Call, data: schemas.GetReceipts) -> schemas.ReceiptList:
    """Every decision about reaching somebody, yes and no, newest first, with its reasons."""
    return reading.page(data)


@action("exportReceipts", reply="receiptsExported", role=Role.MANAGER)
def export_receipts(call: Call, data: schemas.ExportReceipts) -> schemas.ReceiptsExported:
    """Prove it: facts, reasons and rules of a decision, message, contact or address, with its place in the chain."""
    return proving.export(asked=data, at=call.at)


@action("verifyReceipts", reply="receiptsVerified", role=Role.MANAGER)
def verify_receipts(call: Call, data: schemas.VerifyReceipts) -> schemas.ReceiptsVerified:
    """Check all receipts against their hash chain; names the first one that was changed or removed."""
    expected = None
    if data.expected_head:
        sequence, _, seal = data.expected_head.partition(":")
        expected = Head(int(sequence), seal)
    found = verifying.verify(expected=expected)
    broken = found.first_break
    return schemas.ReceiptsVerified(
        intact=broken is None,
        checked=found.checked,
        not_yet_sealed=found.not_yet_sealed,
        head=f"{found.head.sequence}:{found.head.seal}",
        first_break=schemas.ReceiptBreak.model_validate(broken, from_attributes=True) if broken else None,
    )


@action("replaySends", reply="sendsReplayed", role=Role.MANAGER)
def replay_sends(call: Call, data: schemas.ReplaySends) -> schemas.SendsReplayed:
    """Which past sends would fail under today's rules, or under others that you paste; on the facts of then."""
    return proving.replay(asked=data)
