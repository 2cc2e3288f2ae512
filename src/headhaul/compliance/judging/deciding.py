"""The decision: allow, defer until a moment, or deny, with every reason and what it was decided on."""

from __future__ import annotations

from datetime import datetime

from headhaul.compliance.choices import Outcome
from headhaul.compliance.judging.cases import Case
from headhaul.compliance.judging.clocks import VERSION
from headhaul.compliance.judging.consenting import consents
from headhaul.compliance.judging.content import contents
from headhaul.compliance.judging.limits import caps, readiness
from headhaul.compliance.judging.rules import Rules, current
from headhaul.compliance.judging.stopping import holds, suppressions
from headhaul.compliance.judging.telling import NAMES, deny
from headhaul.compliance.judging.timing import is_timed, opens, windows
from headhaul.compliance.judging.words import Facts, Proposal, Reason, Verdict

LAYERS = (holds, suppressions, consents, windows, caps, readiness, contents)


def decide(proposal: Proposal, facts: Facts, *, at: datetime, rules: Rules | None = None) -> Verdict:
    """Judge one message or call to one address at one moment. Pure: nothing is read, written or remembered."""
    if at.tzinfo is None:
        raise ValueError("A decision needs a moment with its zone.")
    law = rules or current()
    if proposal.channel not in NAMES:
        unknown = deny("L0", "channel", f"There is no channel {proposal.channel!r}.")
        return Verdict(Outcome.DENY, at, None, (unknown,), law.hash, VERSION)
    case = Case.of(proposal, facts, at=at, rules=law)
    told = [reason for layer in LAYERS for reason in layer(case)]
    denials = [reason for reason in told if reason.outcome is Outcome.DENY]
    delays = [reason for reason in told if reason.outcome is Outcome.DEFER]
    outcome = Outcome.DENY if denials else Outcome.DEFER if delays else Outcome.ALLOW
    return Verdict(
        outcome=outcome,
        at=at,
        until=_until(case, delays) if outcome is Outcome.DEFER else None,
        reasons=(*denials, *delays),
        rules_hash=law.hash,
        tzdata=VERSION,
        evidence=case.evidence,
    )


def _until(case: Case, delays: list[Reason]) -> datetime | None:
    """When all of them have passed and the hours are open again; None where a person has to act first."""
    moments = [reason.until for reason in delays if reason.until is not None]
    if len(moments) < len(delays):
        return None
    latest = max(moments)
    return (opens(case, latest) if is_timed(case) else None) or latest
