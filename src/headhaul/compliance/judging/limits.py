"""The fifth and sixth layer: what was used of each limit, and whether the channel is set up to be used at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from headhaul.compliance.choices import Outcome, Purpose
from headhaul.compliance.judging.cases import Case
from headhaul.compliance.judging.folding import fold
from headhaul.compliance.judging.telling import deny
from headhaul.compliance.judging.words import Cap, Reason

_CAPS = {
    "firm": "The firm's limit of {limit} {name} a day is used up",
    "user": "Your limit of {limit} {name} a day is used up",
    "sender": "The sender's limit of {limit} a day is used up",
    "warm_up": "The sender is being warmed up, and its {limit} of today are used up",
    "spacing": "The sender has just sent, and keeps a distance between messages",
    "recipient": "They were already reached on this channel: at most {limit} a day",
    "recipient_state": "The law where they are allows {limit}, and they are used up",
}
_NOT_FOR_ANSWERS = ("recipient",)


def caps(case: Case) -> Iterator[Reason]:
    """L4: every limit that is used up, with the moment it opens again."""
    case.evidence["caps"] = {cap.bucket: f"{cap.used}/{cap.limit}" for cap in case.facts.caps}
    if case.purpose in (Purpose.TEST, Purpose.NOTICE):
        return
    for cap in case.facts.caps:
        if cap.used >= cap.limit and not (case.purpose == Purpose.REPLY and cap.name in _NOT_FOR_ANSWERS):
            yield Reason(f"cap_{cap.name}", "L4", Outcome.DEFER, _sentence(case, cap), cap.resets_at)


def readiness(case: Case) -> Iterator[Reason]:
    """L5: what is missing before this channel may be used; a person has to act. And the do-not-call registry."""
    for missing in case.facts.readiness:
        yield Reason("not_ready", "L5", Outcome.DEFER, missing)
    if case.is_phone and case.purpose == Purpose.OUTREACH:
        yield from _registry(case)


def _sentence(case: Case, cap: Cap) -> str:
    said = _CAPS.get(cap.name, "A limit of {limit} is used up").format(limit=cap.limit, name=case.name)
    return f"{said}. It opens again {case.there(cap.resets_at)}."


def _registry(case: Case) -> Iterator[Reason]:
    """A written consent overrides the registry; a spoken one does not."""
    rules = case.rules.consent
    grant = fold(case.facts.said, case.channel, at=case.at, rules=case.rules).grant
    is_written = grant is not None and rules.is_written(grant)
    of_state = any(
        case.channel in case.rules.states[state].scrub for state in case.facts.states if state in case.rules.states
    )
    if case.facts.is_listed and (of_state or not is_written):
        yield deny("L5", "national_dnc", "The number is on the do-not-call registry.", cite=rules.origin.cite)
    if case.firm.require_scrub and not is_written and _is_old(case, rules.scrub_days):
        said = (
            f"The number was not held against the do-not-call registry within {rules.scrub_days} days. Do that first."
        )
        yield Reason("dnc_scrub", "L5", Outcome.DEFER, said, None, rules.origin.cite)


def _is_old(case: Case, days: int) -> bool:
    when = case.facts.scrubbed_at
    return when is None or not timedelta(0) <= case.at - when <= timedelta(days=days)
