"""The last layer: what is said. Only what was approved, with an address and a way out, and nothing that misleads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape
from typing import Any

from headhaul.compliance.choices import Purpose
from headhaul.compliance.judging import gsm
from headhaul.compliance.judging.cases import Case
from headhaul.compliance.judging.firm import Firm
from headhaul.compliance.judging.rules import Rules, current
from headhaul.compliance.judging.telling import deny
from headhaul.compliance.judging.words import Content, Proposal, Reason

LONGEST_TEXT = 160
LONGEST_ANSWER = 1_600  # a provider's own limit
_TAGS = re.compile(r"<[^<>]*>")
_SPACES = re.compile(r"\s+")


def contents(case: Case) -> Iterator[Reason]:
    """L6: of what is written already. A plan, or a call, has nothing to check yet."""
    yield from _checked(case.proposal, case.firm, case.rules, is_first_text=not case.facts.texted_before)


def check_content(
    proposal: Proposal,
    *,
    settings: Mapping[str, Any] | None = None,
    rules: Rules | None = None,
    is_first_text: bool = True,
) -> tuple[Reason, ...]:
    """What is wrong with what a proposal says; nothing where nothing is. For editors, before anybody sends."""
    return tuple(_checked(proposal, Firm.of(settings or {}), rules or current(), is_first_text=is_first_text))


def _checked(proposal: Proposal, firm: Firm, rules: Rules, *, is_first_text: bool) -> Iterator[Reason]:
    content, purpose = proposal.content, proposal.purpose
    if content is None:
        return
    if content.approved_hash and content.approved_hash != content.body_hash:
        said = "The text is not the one that was approved. Have it approved again."
        yield deny("L6", "not_approved", said)
    if proposal.channel == "email":
        yield from _mail(content, purpose, firm, rules)
    elif proposal.channel == "sms":
        yield from _text(content, purpose, rules, is_first_text=is_first_text)
    else:
        return
    yield from _claims(content, rules)


def _mail(content: Content, purpose: Purpose, firm: Firm, rules: Rules) -> Iterator[Reason]:
    subject = content.subject.strip()
    if not subject:
        yield deny("L6", "subject", "The e-mail has no subject.")
    if any(ord(char) < 32 or ord(char) == 127 for char in content.subject):
        yield deny("L6", "subject", "The subject has a line break or another control character in it.")
    cite = rules.origins["subject"].cite
    lowered = _plain(subject)
    if purpose != Purpose.REPLY and lowered.startswith(rules.words["subject.fake_prefixes"]):
        said = f'The subject begins like an answer ("{subject[:4].strip()}"), and nobody wrote before.'
        yield deny("L6", "subject", said, cite=cite)
    if found := _first(rules, "subject.urgency", lowered):
        yield deny("L6", "subject", f'The subject says "{found}", which the offer does not bear out.', cite=cite)
    if purpose == Purpose.OUTREACH:
        yield from _bulk(content, firm, rules)


def _bulk(content: Content, firm: Firm, rules: Rules) -> Iterator[Reason]:
    """What every e-mail that nobody asked for must carry."""
    cite = rules.country("US").origin.cite
    address = _plain(firm.postal_address)
    bodies = [_plain(content.text)] + ([_plain(_TAGS.sub(" ", content.html), entities=True)] if content.html else [])
    if not address:
        said = "The firm's postal address is not set, and every e-mail must carry it. Set it in the settings."
        yield deny("L6", "postal_address", said, cite=cite)
    elif not all(address in body for body in bodies):
        yield deny("L6", "postal_address", "The firm's postal address is missing from the e-mail.", cite=cite)
    if not content.has_unsubscribe:
        yield deny("L6", "unsubscribe", "The e-mail offers no way to unsubscribe.", cite=cite)


def _text(content: Content, purpose: Purpose, rules: Rules, *, is_first_text: bool) -> Iterator[Reason]:
    size = gsm.measure(content.text)
    if not content.text.strip():
        yield deny("L6", "sms_empty", "The text is empty.")
    if purpose == Purpose.REPLY:
        if size.units > LONGEST_ANSWER:
            yield deny("L6", "sms_length", f"The text has {size.units} characters; {LONGEST_ANSWER} can be sent.")
        return
    if size.encoding != gsm.GSM7:
        odd = " ".join(gsm.foreign(content.text)[:5])
        yield deny("L6", "sms_characters", f"These characters make the text three times as long: {odd}")
    elif size.units > LONGEST_TEXT:
        said = f"The text has {size.units} characters, {size.units - LONGEST_TEXT} more than one message holds."
        yield deny("L6", "sms_length", said)
    if purpose == Purpose.OUTREACH and is_first_text and not _first(rules, "opt_out_notice.text", _plain(content.text)):
        said = 'The first text to somebody must say how to end it, such as "Reply STOP to end".'
        yield deny("L6", "sms_opt_out", said, cite=rules.origins["opt_out_notice"].cite)


def _claims(content: Content, rules: Rules) -> Iterator[Reason]:
    everything = _plain(f"{content.subject} \n {content.text} \n {_TAGS.sub(' ', content.html)}", entities=True)
    if found := _first(rules, "impersonation.phrases", everything):
        said = f'"{found}" sounds as if an authority wrote, and impersonating one is a crime.'
        yield deny("L6", "impersonation", said, cite=rules.origins["impersonation"].cite)
    links = f"{content.text} {content.html}".lower()
    if found := _first(rules, "shorteners.hosts", links):
        said = f"The link by {found} hides where it leads, and carriers block it. Use the full address."
        yield deny("L6", "short_link", said, cite=rules.origins["shorteners"].cite)


def _first(rules: Rules, words: str, text: str) -> str:
    found = _pattern(rules.words[words]).search(text)
    return found[0] if found else ""


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words only: `bit.ly` is not in `orbit.lyon`."""
    longest = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(re.escape(word) for word in longest)})(?!\w)")


def _plain(text: str, *, entities: bool = False) -> str:
    """As a reader takes it: without capitals, curly quotes or runs of spaces."""
    known = unescape(text) if entities else text
    return _SPACES.sub(" ", known.casefold().replace("\u2019", "'").replace("\u00a0", " ")).strip()
