"""SPF (RFC 7208): which servers may send for the domain."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from headhaul.outreach.services.domain_checks.finding import BLOCK, GOOD, NOTE, WARN, Asks, Finding, Record, Subject
from headhaul.outreach.services.domain_checks.providers import Provider, provider_of

MOST_LOOK_UPS = 10
_ASKS = re.compile(r"^[+?~-]?(include|a|mx|ptr|exists)\b|^redirect=", re.IGNORECASE)
_TITLE = "SPF: who may send for the domain"


@dataclass(slots=True)
class _Read:
    """A record with all that it includes."""

    includes: set[str] = field(default_factory=set)
    look_ups: int = 0


def look_at_spf(subject: Subject, names: Asks) -> Finding:
    """Whether there is exactly one record, that can be read to its end and names the sender."""
    provider = provider_of(subject)
    found = spf_records(subject.domain, names)
    put = _to_put(subject, provider, found)
    if not found:
        if provider is not None and provider.spf_by_bounces:
            return _said(NOTE, f"No SPF record; {provider.title} needs none, since bounces go to its own domain.", put)
        return _said(BLOCK, f"{subject.domain} does not say who may send for it, so mail from it looks forged.", put)
    if len(found) > 1:
        return _said(BLOCK, "There are two SPF records. Receivers then ignore both: make one of them.", put, found)
    read = _Read()
    _follow(found[0], names, read, depth=0)
    if read.look_ups > MOST_LOOK_UPS:
        sentence = f"The record takes {read.look_ups} look-ups; after {MOST_LOOK_UPS} receivers give up and fail it."
        return _said(BLOCK, sentence, None, found)
    if re.search(r"(^|\s)\+?all\b", found[0], re.IGNORECASE):
        return _said(BLOCK, "The record ends in +all: it lets everybody send in your name.", put, found)
    return _grade(subject, provider, read, found, put)


def spf_records(domain: str, names: Asks) -> list[str]:
    """The TXT records of a domain that are SPF."""
    return [text for text in names.texts(domain) if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE)]


def _grade(subject: Subject, provider: Provider | None, read: _Read, found: list[str], put: Record | None) -> Finding:
    if provider is not None and provider.include not in read.includes and not provider.spf_by_bounces:
        return _said(WARN, f"The record does not name {provider.title} ({provider.include}).", put, found)
    if not re.search(r"[~-]all\b|redirect=", found[0], re.IGNORECASE):
        return _said(WARN, "The record has no end: put ~all there, so that others are not believed.", None, found)
    return _said(GOOD, f"The record is sound and takes {read.look_ups} of {MOST_LOOK_UPS} look-ups.", None, found)


def _follow(record: str, names: Asks, read: _Read, *, depth: int) -> None:
    for word in record.split()[1:]:
        if not _ASKS.match(word):
            continue
        read.look_ups += 1
        target = re.match(r"^(?:[+?~-]?include:|redirect=)(\S+)$", word, re.IGNORECASE)
        if target is None or read.look_ups > MOST_LOOK_UPS * 2 or depth > MOST_LOOK_UPS:
            continue
        name = target[1].lower().rstrip(".")
        if name in read.includes or "%" in name:
            continue
        read.includes.add(name)
        for inner in spf_records(name, names)[:1]:
            _follow(inner, names, read, depth=depth + 1)


def _to_put(subject: Subject, provider: Provider | None, found: list[str]) -> Record | None:
    """The record that is there with the provider in it, or a new one."""
    include = f"include:{provider.include}" if provider is not None and provider.include else ""
    if len(found) == 1 and include and include not in found[0]:
        return Record("TXT", subject.domain, re.sub(r"\s+([~?+-]?all)\b", rf" {include} \1", found[0], count=1))
    if found:
        words = dict.fromkeys(word for each in found for word in each.split()[1:] if not word.lower().endswith("all"))
        return Record("TXT", subject.domain, " ".join(["v=spf1", *words, "~all"]))
    return Record("TXT", subject.domain, " ".join(filter(None, ["v=spf1", include or "mx", "~all"])))


def _said(grade: str, sentence: str, put: Record | None, found: list[str] | None = None) -> Finding:
    return Finding("spf", _TITLE, grade, sentence, tuple(found or ()), put if grade != GOOD else None)
