"""The rules as a page: what is enforced where, on whose word, and since when somebody looked."""

from __future__ import annotations

from collections.abc import Iterator

from headhaul.compliance.judging.rows import CountryRow, HoursRow, Origin, RollingCap, Span
from headhaul.compliance.judging.rules import Rules, current
from headhaul.compliance.judging.schedules import PLATFORM_HOURS
from headhaul.compliance.judging.telling import clock, listed
from headhaul.kernel.places import STATE_CODES, STATES

_NAMES = {"sms": "texts", "call": "calls", "ai_call": "artificial voices"}
_GROUNDS = {
    "opt_out": "until they object",
    "consent": "after an express or implied consent that has not run out",
    "basis": "after a consent with a basis",
}


def rules_page(rules: Rules | None = None) -> Iterator[str]:
    """Lines of the page."""
    law = rules or current()
    yield "The rows that decisions are made of, as they are in `compliance/data`. Not legal advice: a row says where it"
    yield "is from, when somebody looked, and how sure that is. Have them read by counsel before you rely on them."
    yield f"Margins are taken off every legal window: it opens {law.opens_minutes} minutes later and closes"
    yield f"{law.closes_minutes} earlier. Windows are half-open: at the closing minute nothing leaves."
    yield from _states(law)
    yield from ("", "Everywhere else the federal row alone holds:", f"{_without(law)}.")
    yield from _notes(law)
    yield from _countries(law)
    yield from _others(law)


def _states(law: Rules) -> Iterator[str]:
    yield from ("", "## Texts and calls in the United States", "")
    yield "| state | Mon to Fri | Sat | Sun | holidays | limit | law | looked up | sure |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in (law.federal, *(law.states[code] for code in sorted(law.states)), law.unknown):
        yield f"| {' | '.join([row.code, *_week(row, 'sms'), _limits(row.caps), *_origin(row.origin)])} |"
        own = _week(row, "ai_call")
        if own != _week(row, "sms"):
            yield f"| {' | '.join([f'{row.code}, artificial voices', *own, '', *_origin(row.origin)])} |"


def _notes(law: Rules) -> Iterator[str]:
    yield ""
    for row in (law.federal, law.unknown, *(law.states[code] for code in sorted(law.states))):
        said = [*row.notes]
        if row.clock:
            said.append(f"Read on the clock of {row.clock}, and on theirs.")
        if row.written_consent:
            said.append(f"Written consent for {listed([_NAMES[each] for each in row.written_consent])}.")
        if said:
            yield f"- **{row.code}**: {' '.join(said)}"


def _countries(law: Rules) -> Iterator[str]:
    yield from ("", "## Other countries", "")
    yield "| country | e-mail | bases that count | texts and calls, Mon to Fri | Sat | Sun | law | looked up | sure |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in law.countries.values():
        hours = _week(row.hours, "sms")[:3] if row.hours else ["see above", "", ""]
        bases = ", ".join(f"{base}{_ends(row, base)}" for base in sorted(row.bases))
        yield f"| {' | '.join([row.name, _GROUNDS[row.email], bases, *hours, *_origin(row.origin)])} |"


def _others(law: Rules) -> Iterator[str]:
    consent = law.consent
    yield from ("", "## Words and the rest", "")
    yield f"- Written consent is a grant with one of the bases {_words(consent.written_bases)} and evidence."
    yield f"- For an artificial voice the basis is one of {_words(consent.ai_bases)}."
    yield f"- Grants of a source that begins with {_words(consent.claim_sources)} are claims: none without evidence."
    yield f"- After a refusal a grant counts with evidence and a source like {_words(consent.inbound_sources)}."
    yield f"- Addresses that are never written to: {_words(consent.role_addresses)}."
    yield f"- One of these alone ends all texts and calls: {_words(law.words['replies.stop'])}."
    yield f"- A subject may not begin with {_words(law.words['subject.fake_prefixes'])} unless it answers."
    yield f"- Nor say {_words(law.words['subject.urgency'])}."
    yield f"- Nothing may say {_words(law.words['impersonation.phrases'])}."
    yield f"- Links of these hosts are refused: {_words(law.words['shorteners.hosts'])}."
    yield f"- Recording is announced; in {', '.join(sorted(law.recorded_by_all))} everyone must agree to it."
    yield f"- The window in UTC, where the settings ask for it: {' to '.join(clock(end) for end in PLATFORM_HOURS)}."


def _without(law: Rules) -> str:
    return ", ".join(STATES[code].name for code in STATE_CODES if code not in law.states)


def _week(row: HoursRow, channel: str) -> list[str]:
    week = row.weeks[channel]
    spans = [_span(span) for span in (week.weekdays, week.saturday, week.sunday)]
    return [*spans, "none" if week.closed_on_holidays else "as usual"]


def _span(span: Span | None) -> str:
    return f"{clock(span[0])}–{clock(span[1])}" if span else "none"


def _limits(caps: tuple[RollingCap, ...]) -> str:
    return "; ".join(
        f"{cap.count} in {cap.hours} h ({', '.join(_NAMES[channel] for channel in cap.channels)})" for cap in caps
    )


def _ends(row: CountryRow, base: str) -> str:
    return f" ({row.expires_days[base]} days)" if base in row.expires_days else ""


def _origin(origin: Origin) -> list[str]:
    return [origin.cite.replace("|", "\\|"), origin.verified_on.isoformat(), origin.confidence]


def _words(words: tuple[str, ...] | frozenset[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))
