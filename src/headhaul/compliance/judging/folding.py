"""What everything that an address ever said comes to. Refusals always count; a yes counts when it can be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from headhaul.compliance.choices import RETRACTION, ConsentStatus
from headhaul.compliance.judging.rules import Rules
from headhaul.compliance.judging.words import Said

_SPOKEN = {"ai_call": "call"}
_DENYING = frozenset(status.value for status in ConsentStatus if status.denies)


@dataclass(frozen=True, slots=True)
class Fold:
    """The refusal that stands, or the grant that does, or neither. `ignored`: grants that did not count, and why.

    `standing` are all refusals that nothing has lifted, `before` the grant that held when the first of them was said.
    """

    denial: Said | None = None
    grant: Said | None = None
    ignored: tuple[tuple[int, str], ...] = ()
    standing: tuple[Said, ...] = ()
    before: Said | None = None


def fold(said: Iterable[Said], channel: str, *, at: datetime, rules: Rules) -> Fold:
    """What holds on a channel. By time; of what was said at once the refusal wins.

    What is said of calls holds for an artificial voice too, but only a grant that names it lets it speak.
    After a refusal only the person lifts it: by an answer, or a form of theirs, that is kept as evidence. An
    administrator's lift ends one that a person of ours noted; of their own it is one key of two, and a yes said after
    it, with its evidence, is the other.
    """
    standing: list[Said] = []  # refusals that nothing has lifted
    grant: Said | None = None
    before: Said | None = None
    ignored: list[tuple[int, str]] = []
    shown: set[str] = set()  # bases of grants that were shown, for a retraction to fall back on
    for event in sorted((each for each in said if each.channel == _SPOKEN.get(channel, channel)), key=_order(rules)):
        if event.status in _DENYING:
            before = before if standing else grant
            standing += [] if event.by_person and is_lifted(event, at=at) else [event]
            grant = None
        elif event.source == RETRACTION and any(_is_inbound(refusal, rules) for refusal in standing):
            ignored.append((event.id, "a refusal of their own is not taken back by us"))
        elif event.source == RETRACTION:
            fault = _fault(event, channel, shown, at=at, rules=rules)
            standing, grant = [], None if fault else event
        elif fault := _fault(event, channel, shown, at=at, rules=rules):
            ignored.append((event.id, fault))
        elif not (_is_inbound(event, rules) or all(_lets(refusal, event, at=at) for refusal in standing)):
            ignored.append((event.id, "after a refusal only their own word counts"))
        else:
            standing, grant = [], event
            shown.add(event.basis)
    lost = before if standing else None
    return Fold(standing[-1] if standing else None, grant, tuple(ignored), tuple(standing), lost)


def ends_at(event: Said, expires_days: Mapping[str, int]) -> datetime | None:
    """When a grant runs out: as it says, or as its basis has it where it says nothing."""
    if event.expires_at is not None or event.basis not in expires_days:
        return event.expires_at
    return event.at + timedelta(days=expires_days[event.basis])


def is_lifted(refusal: Said, *, at: datetime) -> bool:
    """Whether an administrator's lift of its denial is in effect."""
    return refusal.lifted_at is not None and refusal.lifted_at <= at


def _lets(refusal: Said, event: Said, *, at: datetime) -> bool:
    """Whether a yes that one of us noted ends the refusal: it was lifted, and the yes can be shown."""
    return event.has_evidence and is_lifted(refusal, at=at)


def _order(rules: Rules) -> Callable[[Said], tuple[datetime, bool, bool, int]]:
    """By time; of what was said at once their own word comes after ours, and a refusal last."""
    return lambda event: (event.at, event.status in _DENYING, _is_inbound(event, rules), event.id)


def _is_inbound(event: Said, rules: Rules) -> bool:
    """Whether it is their own word, and not what one of us says they said."""
    own = event.has_evidence and not event.by_person
    return own and event.source.lower().startswith(rules.consent.inbound_sources)


def _fault(event: Said, channel: str, shown: set[str], *, at: datetime, rules: Rules) -> str:
    """Why it is no grant that counts; "" when it is one."""
    if event.status != ConsentStatus.OPTED_IN:
        return "it says neither yes nor no"
    if event.at > at:
        return "it lies in the future"
    if event.expires_at is not None and event.expires_at <= at:
        return "it has expired"
    if event.source == RETRACTION:
        return "" if event.basis in shown else "nothing of the kind was shown before"
    if not event.has_evidence and event.source.lower().startswith(rules.consent.claim_sources):
        return "a file claims it, and no evidence is attached"
    if channel == "sms" and (event.basis not in rules.consent.written_bases or not event.has_evidence):
        return "texts need express written consent with its evidence"
    if channel == "ai_call" and (event.basis not in rules.consent.ai_bases or not event.has_evidence):
        return "calls by an artificial voice need written consent that names it"
    return ""
