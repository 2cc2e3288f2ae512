"""The gate that every action with a recipient passes. Whatever goes wrong here means no."""

from __future__ import annotations

import logging
from datetime import datetime

from headhaul.compliance.ports import Decision, RuleSet
from headhaul.kernel import ComplianceRefused, Recipient

log = logging.getLogger(__name__)

_installed: RuleSet | None = None


def install(rules: RuleSet | None) -> RuleSet | None:
    """Put a rule set in charge (None: nobody may be reached) and give back the one before."""
    global _installed
    before, _installed = _installed, rules
    return before


def check_can_reach(recipient: Recipient, *, at: datetime) -> None:
    """Raise ComplianceRefused unless the installed rules say a clear yes."""
    if _installed is None:
        raise ComplianceRefused("No compliance rules are installed, so nobody can be contacted from here.")
    decision = _decided(_installed, recipient, at=at)
    if decision.allowed is not True:
        later = f" Possible from {decision.next_allowed_at.isoformat()}." if decision.next_allowed_at else ""
        said = f"{decision.reason or 'The rules do not allow it.'}{later}"
        raise ComplianceRefused(said, fields={"rule": decision.rule or "unknown"})


def _decided(rules: RuleSet, recipient: Recipient, *, at: datetime) -> Decision:
    try:
        decision = rules.decide(recipient, at=at)
        if not isinstance(decision, Decision):
            raise TypeError(f"rules answered {type(decision).__name__}")
    except Exception as fault:
        log.exception("the compliance rules failed")
        said = "The compliance rules could not be checked, so nothing was sent. Try again later."
        raise ComplianceRefused(said) from fault
    return decision
