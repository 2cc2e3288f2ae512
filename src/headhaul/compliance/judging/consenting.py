"""The third layer: what the law of every place the recipient may be in asks, and what they said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from headhaul.compliance.choices import Outcome, Purpose
from headhaul.compliance.judging.cases import Case
from headhaul.compliance.judging.folding import Fold, ends_at, fold, is_lifted
from headhaul.compliance.judging.rules import PLACED
from headhaul.compliance.judging.telling import NAMES, day_of, deny, listed
from headhaul.compliance.judging.words import Reason, Said

_NEEDS = {
    "sms": "Texts need express written consent: a form with its wording, or a text of theirs, kept as evidence.",
    "call": "Calls need their opt-in first: note who said it, where and when.",
    "ai_call": "Calls by an artificial voice need written consent that names it.",
}


def consents(case: Case) -> Iterator[Reason]:
    """L2: whether they agreed, as far as they had to, and did not refuse."""
    yield from _impossible(case)
    if case.purpose == Purpose.TEST and case.proposal.address != case.facts.own_address:
        yield deny("L2", "test_elsewhere", "A test goes to your own address, and to nobody else.")
    if case.purpose == Purpose.NOTICE:
        yield from _notice(case)
        return
    found = fold(case.facts.said, case.channel, at=case.at, rules=case.rules)
    refusals = [*_refusals(case, found)]
    case.evidence["consent"] = _evidence(found)
    yield from refusals
    if refusals or case.purpose == Purpose.TEST or _is_answer(case):
        return
    yield from _phone(case, found) if case.is_phone else _mail(case, found)


def _impossible(case: Case) -> Iterator[Reason]:
    if case.channel == "email":
        name = case.proposal.address.rpartition("@")[0].partition("+")[0].lower()
        if name in case.rules.consent.role_addresses:
            said = f"{name}@ is an address for machines and complaints, never for offers. Write to a person."
            yield deny("L2", "role_address", said)
    if case.channel == "ai_call" and not case.firm.allow_ai_calls:
        yield deny("L2", "ai_calls_off", "Calls by an artificial voice are switched off in the settings.")


def _notice(case: Case) -> Iterator[Reason]:
    """The one confirmation of an opt-out may follow within five minutes."""
    said_at, minutes = case.facts.opted_out_at, case.rules.consent.notice_minutes
    if said_at is None or not timedelta(0) <= case.at - said_at <= timedelta(minutes=minutes):
        said = f"A confirmation may only follow within {minutes} minutes of the opt-out."
        yield deny("L2", "notice_late", said, cite=case.rules.consent.origin.cite)


def _refusals(case: Case, found: Fold) -> Iterator[Reason]:
    over = fold(case.facts.said, "all", at=case.at, rules=case.rules).denial
    if over is not None:
        said = f"They asked not to be contacted at all, on {day_of(over.at)}."
        yield deny("L2", "do_not_contact", said + _other_key(case, over))
    if found.denial is not None:
        said = f"They do not want {case.name}: they said so on {day_of(found.denial.at)}."
        yield deny("L2", "consent", said + _other_key(case, found.denial))


def _other_key(case: Case, refusal: Said) -> str:
    lifted = is_lifted(refusal, at=case.at)
    return " That was lifted, and their own new consent, with its evidence, is missing." if lifted else ""


def _is_answer(case: Case) -> bool:
    """Whether they wrote or called first, not long ago. No artificial voice answers without its own consent."""
    heard = case.facts.inbound_at
    if case.purpose != Purpose.REPLY or heard is None or case.channel == "ai_call":
        return False
    is_live = timedelta(0) <= case.at - heard <= timedelta(days=case.firm.reply_days)
    if is_live:
        case.evidence["inquiry"] = heard.isoformat()
    return is_live


def _phone(case: Case, found: Fold) -> Iterator[Reason]:
    cite = case.rules.consent.origin.cite
    if found.grant is None:
        yield deny("L2", "consent", f"{_missing(case, found)} {_NEEDS[case.channel]}", cite=cite)
        return
    for code in case.countries:
        yield from _abroad(case, found.grant, code)
    written = case.rules.consent.is_written(found.grant)
    states = case.facts.states if len(case.facts.states) <= PLACED else ()
    rows = [case.rules.states[state] for state in states if state in case.rules.states]
    asking = [row for row in rows if case.channel in row.written_consent]
    if asking and not written:
        named = listed([row.code for row in asking])
        said = f"In {named}, {NAMES[case.channel]} need express written consent, and theirs is not written."
        yield deny("L2", "written_consent", said, cite=asking[0].origin.cite)
    yield from _reassigned(case, found.grant)


def _reassigned(case: Case, grant: Said) -> Iterator[Reason]:
    """Whether the number may have gone to somebody else since. Of a call by a person the first words tell."""
    if case.channel == "call":
        return
    days = case.rules.consent.reassigned_days
    signs = (grant.at, case.facts.inbound_at, case.facts.still_theirs_at)
    latest = max(sign for sign in signs if sign is not None and sign <= case.at)
    if case.at - latest > timedelta(days=days):
        said = (
            f"Nothing was heard from this number since {day_of(latest)}, more than {days} days: it may be"
            " somebody else's by now. Hold it against the Reassigned Numbers Database first."
        )
        yield Reason("reassigned_unchecked", "L2", Outcome.DEFER, said, None, case.rules.consent.origin.cite)


def _mail(case: Case, found: Fold) -> Iterator[Reason]:
    for code in case.countries:
        row = case.rules.country(code)
        if row.email == "opt_out":
            continue
        if found.grant is None:
            said = f"In {row.name} e-mail needs consent first. {_missing(case, found)}"
            yield deny("L2", "country", said, cite=row.origin.cite)
        else:
            yield from _abroad(case, found.grant, code)


def _abroad(case: Case, grant: Said, code: str) -> Iterator[Reason]:
    """Whether a grant is of a kind that counts in a country, and has not run out there."""
    row = case.rules.country(code)
    if row.email == "opt_out":
        return
    ends = ends_at(grant, row.expires_days)
    if grant.basis not in row.bases:
        bases = listed(sorted(row.bases))
        said = f"In {row.name} a consent counts with one of these bases: {bases}. Theirs has {grant.basis or 'none'}."
        yield deny("L2", "country", said, cite=row.origin.cite)
    elif ends is not None and ends <= case.at:
        yield deny("L2", "country", f"Their consent ran out on {day_of(ends)}.", cite=row.origin.cite)


def _missing(case: Case, found: Fold) -> str:
    if any(why == "it has expired" for _, why in found.ignored):
        return "Their consent has expired."
    if found.ignored:
        return f"What is noted does not count: {found.ignored[-1][1]}."
    return "They have not agreed."


def _evidence(found: Fold) -> dict[str, object]:
    return {
        "denial": found.denial.id if found.denial else None,
        "grant": found.grant.id if found.grant else None,
        "ignored": {str(key): why for key, why in found.ignored},
    }
