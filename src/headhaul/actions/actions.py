"""Reading and checking the audit."""

from __future__ import annotations

from headhaul.actions import schemas, selectors
from headhaul.actions.services import undoing
from headhaul.actions.services.audit import ANY
from headhaul.actions.services.sealing import Head
from headhaul.actions.services.verifying import verify
from headhaul.kernel import Call, InvalidData, Role, action


@action("getAuditLog", reply="auditLogLoaded", role=Role.ADMIN)
def get_audit_log(call: Call, data: schemas.GetAuditLog) -> schemas.AuditLog:
    """Who did what, and who was refused what: every write, newest first, filtered as you like."""
    return selectors.audit_log(data)


@action(
    "undoAction",
    reply="actionUndone",
    role=Role.VIEWER,
    writes=True,
    undo=ANY,
    target=lambda given, answer: ("undo", str(given.undo_id or given.batch_id or "")),
)
def undo_action(call: Call, data: schemas.UndoAction) -> schemas.ActionUndone:
    """Take back a write, or all writes of a batch, as long as nothing later stands in the way; then all or none."""
    if (data.undo_id is None) == (data.batch_id is None):
        raise InvalidData("Say what to take back.", fields={"undoId": "an undoId, or instead a batchId"})
    done = undoing.undo(call=call, undo_id=data.undo_id, batch_id=data.batch_id)
    return schemas.ActionUndone(undone=done.actions, notes=done.notes)


@action("verifyAuditLog", reply="auditLogVerified", role=Role.ADMIN)
def verify_audit_log(call: Call, data: schemas.VerifyAuditLog) -> schemas.AuditVerdict:
    """Check the whole audit against its hash chain; names the first row that was changed, removed or forged."""
    expected = None
    if data.expected_head:
        position, _, digest = data.expected_head.partition(":")
        expected = Head(int(position), bytes.fromhex(digest))
    verdict = verify(expected=expected)
    broken = verdict.first_break
    return schemas.AuditVerdict(
        intact=broken is None,
        checked=verdict.checked,
        not_yet_sealed=verdict.not_yet_sealed,
        head=str(verdict.head),
        first_break=schemas.AuditBreak.model_validate(broken, from_attributes=True) if broken else None,
    )
