"""What stands at the gate of actions: the same pre-flight as that of every message, with its proof."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from headhaul.compliance.choices import Outcome
from headhaul.compliance.ports import Decision
from headhaul.compliance.services import preflight, receipts
from headhaul.kernel import Recipient


class Preflight:
    """Decides by facts and rules. A message that is only planned may wait; what was or is done now may not."""

    def decide(self, recipient: Recipient, *, at: datetime, user_id: int | None, action: str) -> Decision:
        """A yes with its receipt stored, or the leading reason of a no with its receipt yet to be stored."""
        proposal = preflight.proposal_of(recipient, user_id=user_id)
        weighed, buckets = preflight.weigh(proposal, recipient=recipient, at=at, reserves=not recipient.is_planned)
        verdict = weighed.verdict
        keep = partial(
            receipts.store,
            proposal=proposal,
            facts=weighed.facts,
            verdict=verdict,
            action=action,
            buckets=buckets,
        )
        if verdict.is_allowed or (recipient.is_planned and verdict.outcome is Outcome.DEFER):
            keep()
            return Decision(allowed=True)
        if not verdict.reasons:
            return Decision(False, keep=keep)
        first = verdict.reasons[0]
        return Decision(False, first.rule, first.sentence, verdict.until, keep)
