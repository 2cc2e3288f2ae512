"""The gate that every action with a recipient passes. Whatever goes wrong here means no."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, transaction

from headhaul.compliance.ports import Decision, RuleSet
from headhaul.kernel import AppError, ComplianceRefused, Recipient

log = logging.getLogger(__name__)

_installed: RuleSet | None = None


class Refused(ComplianceRefused):
    """A no that has a proof; it is kept by `keep_refusal` once the write is rolled back."""

    def __init__(self, decision: Decision) -> None:
        reason = decision.reason or "The rules do not allow it."
        fields = {"rule": decision.rule or "unknown", "sentence": reason}
        later = ""
        if decision.next_allowed_at is not None:
            fields["nextAllowedAt"] = decision.next_allowed_at.isoformat()
            later = f" Possible from {decision.next_allowed_at.isoformat()}."
        super().__init__(f"{reason}{later}", fields=fields)
        self.keep: Callable[[], object] | None = decision.keep


def install(rules: RuleSet | None) -> RuleSet | None:
    """Put a rule set in charge (None: nobody may be reached) and give back the one before."""
    global _installed
    before, _installed = _installed, rules
    return before


def check_can_reach(recipient: Recipient, *, at: datetime, user_id: int | None = None, action: str = "") -> None:
    """Raise ComplianceRefused unless the installed rules say a clear yes. A yes uses up limits and leaves its proof."""
    if _installed is None:
        raise ComplianceRefused("No compliance rules are installed, so nobody can be contacted from here.")
    decision = _decided(_installed, recipient, at=at, user_id=user_id, action=action)
    if decision.allowed is not True:
        raise Refused(decision)


def keep_refusal(refusal: AppError) -> None:
    """Keep the proof of a no, in a transaction of its own. The no stands even when that fails; then the log has it."""
    keep = getattr(refusal, "keep", None)
    if keep is not None:
        try:
            with transaction.atomic():
                keep()
        except DatabaseError:
            log.exception("the proof of a refusal was not kept: %s", refusal.fields.get("rule"))


def _decided(rules: RuleSet, recipient: Recipient, *, at: datetime, user_id: int | None, action: str) -> Decision:
    try:
        decision = rules.decide(recipient, at=at, user_id=user_id, action=action)
        if not isinstance(decision, Decision):
            raise TypeError(f"rules answered {type(decision).__name__}")
    except Exception as fault:
        log.exception("the compliance rules failed")
        said = "The compliance rules could not be checked, so nothing was sent. Try again later."
        raise ComplianceRefused(said) from fault
    return decision
