"""What the rules will say of the words of a sequence, whoever gets them: told when it is saved, not when it is held."""

from __future__ import annotations

from collections.abc import Iterator

from headhaul.compliance.judging.content import check_content
from headhaul.compliance.judging.words import Content, Proposal
from headhaul.compliance.preferences import firm_rules
from headhaul.outreach.choices import StepKind
from headhaul.outreach.selectors.plans import Plan

_BY_ITSELF = frozenset({"subject", "impersonation", "short_link", "sms_characters"})
"""Rules about the words alone: addresses and ways out are added later, and lengths hang on each person's name."""


def against(plan: Plan) -> Iterator[str]:
    """One sentence for each thing that will keep a step from leaving."""
    settings = firm_rules()
    for number, step in enumerate(plan.steps, start=1):
        if step.kind not in (StepKind.EMAIL, StepKind.SMS):
            continue
        subject = None if step.as_reply else step.subject  # an answer in the thread has the thread's
        said = Content(subject=subject or "…", text=step.body or "", has_unsubscribe=True)
        proposal = Proposal(channel=step.kind.value, address="", content=said)
        for reason in check_content(proposal, settings=settings, is_first_text=False):
            if reason.rule in _BY_ITSELF:
                yield f"Step {number} will be held: {reason.sentence}"
