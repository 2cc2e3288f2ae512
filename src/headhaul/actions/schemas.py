"""What the audit's actions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.kernel import Page, Paged, Payload, Result

Text = Annotated[str, StringConstraints(max_length=64)]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class GetAuditLog(Page):
    """Which entries; newest first."""

    action_name: Text | None = None
    outcome: Literal["done", "refused", "failed"] | None = None
    user_id: Id | None = None
    token_id: Id | None = None
    target_type: Text | None = None
    target_id: Text | None = None
    request_id: Text | None = None
    batch_id: Text | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditEntryView(Result):
    """One write or refusal. `dataKeys` are the names of what was sent, never its values."""

    id: int
    at: datetime
    action: str
    outcome: Literal["done", "refused", "failed"]
    code: str
    actor_kind: str
    user_id: int | None
    actor: str
    role: str
    token_id: int | None
    door: str
    request_id: str
    batch_id: str
    target_type: str
    target_id: str
    data_keys: list[str]
    sealed: bool
    undo: Literal["", "possible", "undone"] = ""


class AuditLog(Paged[AuditEntryView]):
    """Entries, newest first."""


class UndoAction(Payload):
    """What to take back: one write by the `undoId` of its answer, or a whole batch."""

    undo_id: Id | None = None
    batch_id: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None


class ActionUndone(Result):
    """The actions that were taken back, newest first. `notes` say what had to stay as it was changed since."""

    undone: list[str]
    notes: list[str] = []


class VerifyAuditLog(Payload):
    """A head noted earlier, to prove that nobody rewrote the whole chain since."""

    expected_head: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}:[0-9a-f]{64}$")] | None = None


class AuditBreak(Result):
    """The first row that does not fit."""

    problem: Literal["missing", "changed", "missing_seal", "forged_seal", "rewritten", "cut", "smuggled"]
    said: str
    position: int | None
    entry_id: int | None


class AuditVerdict(Result):
    """Whether every sealed entry is as it was. Note the head outside of the database now and then."""

    intact: bool
    checked: int
    not_yet_sealed: int
    head: str
    first_break: AuditBreak | None
