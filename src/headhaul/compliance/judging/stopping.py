"""The first two layers: whether sending is stopped at all, and whether this person must not be reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from headhaul.compliance.choices import Outcome, Purpose, SuppressionReason
from headhaul.compliance.judging.cases import Case
from headhaul.compliance.judging.telling import day_of, deny
from headhaul.compliance.judging.words import Denied, Reason

MOST_SKEW_SECONDS = 2.0
LOOK_AGAIN = timedelta(minutes=1)
_STOPS = {
    "all": "All sending is stopped",
    "channel": "This channel is stopped",
    "sequence": "This sequence is stopped",
    "call_campaign": "This call campaign is stopped",
    "sender": "This sender is stopped",
}
_SCOPES = {
    "address": "This address",
    "contact": "This contact",
    "account": "This company",
    "domain": "This e-mail domain",
    "dot": "The carrier with this DOT number",
}
_WHY = {
    SuppressionReason.OPT_OUT: "opted out",
    SuppressionReason.COMPLAINT: "reported a message as spam",
    SuppressionReason.HARD_BOUNCE: "does not exist: a message bounced for good",
    SuppressionReason.DNC_REQUEST: "asked not to be contacted",
    SuppressionReason.NATIONAL_DNC: "is on the do-not-call registry",
    SuppressionReason.REASSIGNED: "belongs to somebody else by now",
    SuppressionReason.LITIGATOR: "is on the list of those who sue over messages",
    SuppressionReason.MANUAL: "was put on the do-not-contact list",
}


def holds(case: Case) -> Iterator[Reason]:
    """L0: stops of sending, and a clock that cannot be trusted."""
    for held in case.facts.held:
        said = _STOPS.get(held.scope, "Sending there is stopped")
        until = held.until if held.until is None or held.until > case.at else case.at
        ends = f"until {case.there(until)}" if until else "until an administrator lifts the stop"
        yield Reason("hold", "L0", Outcome.DEFER, f"{said} {ends}: {held.reason}", until)
    skew = abs(case.facts.clock_skew_seconds)
    if not skew <= MOST_SKEW_SECONDS:  # NaN too
        said = f"This machine's clock and the database's are {skew:.1f} seconds apart, so no hour can be trusted."
        yield Reason("clock", "L0", Outcome.DEFER, f"{said} Set the clocks.", case.at + LOOK_AGAIN)


def suppressions(case: Case) -> Iterator[Reason]:
    """L1: everybody who must not be reached, whoever proposes it and whatever for."""
    hits = [denied for denied in case.facts.denied if _speaks_of(denied, case.channel)]
    case.evidence["suppressions"] = [denied.id for denied in hits]
    for denied in hits:
        if not _is_what_the_notice_confirms(denied, case):
            who, why = _SCOPES.get(denied.scope, "This recipient"), _WHY.get(_reason(denied), "must not be reached")
            known_by = f"{denied.key}, " if denied.key else ""  # empty: of a person who was forgotten
            yield deny("L1", "suppressed", f"{who} {why} ({known_by}since {day_of(denied.since)}).")
    if case.facts.invalid_address:
        yield deny("L1", "invalid_address", "This address cannot receive anything. Find another one.")


def _speaks_of(denied: Denied, channel: str) -> bool:
    return denied.channel in ("all", channel) or (channel == "ai_call" and denied.channel == "call")


def _reason(denied: Denied) -> SuppressionReason:
    known = denied.reason in SuppressionReason.__members__.values()
    return SuppressionReason(denied.reason) if known else SuppressionReason.MANUAL


def _is_what_the_notice_confirms(denied: Denied, case: Case) -> bool:
    """An opt-out is confirmed once: the suppression that it made is no obstacle, every other one is."""
    said_at = case.facts.opted_out_at
    if case.purpose != Purpose.NOTICE or said_at is None or denied.reason != SuppressionReason.OPT_OUT:
        return False
    return denied.since >= said_at - timedelta(minutes=case.rules.consent.notice_minutes)
