"""The gate that every action with a recipient passes. Whatever goes wrong here means no."""

from __future__ import annotations

import logging
from datetime import datetime

from headhaul.compliance.ports import RuleSet
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
    try:
        decision = _installed.decide(recipient, at=at)
    except Exception as fault:
        log.exception("the compliance rules failed")
        raise ComplianceRefused(
            "The compliance rules could not be checked, so nothing was sent. Try again later."
        ) from fault
    if decision.allowed is not True:
        later = f" Possible from {decision.next_allowed_at.isoformat()}." if decision.next_allowed_at else ""
        raise ComplianceRefused(
            f"{decision.reason or 'The rules do not allow it.'}{later}",
            fields={"rule": decision.rule or "unknown"},
        )
