"""DMARC (RFC 7489): what receivers are to do with mail that is neither signed nor sent by those who may."""

from __future__ import annotations

from headhaul.outreach.services.domain_checks.dkim import tags_of
from headhaul.outreach.services.domain_checks.finding import (
    BLOCK,
    GOOD,
    WARN,
    Asks,
    Finding,
    Record,
    Subject,
    organisation,
)

_TITLE = "DMARC: what happens to forged mail"


def look_at_dmarc(subject: Subject, names: Asks) -> Finding:
    """Whether there is a policy, of the domain or of the one above, and whether our mail would be aligned with it."""
    found = _records(subject.domain, names)
    above = organisation(subject.domain)
    if not found and above != subject.domain:
        found = _records(above, names)
    put = Record("TXT", f"_dmarc.{above}", f"v=DMARC1; p=none; rua=mailto:dmarc@{above}")
    if not found:
        return _said(BLOCK, "There is no DMARC record. Google and Yahoo ask senders of many mails for one.", put)
    if len(found) > 1:
        return _said(BLOCK, "There are two DMARC records. Receivers then ignore both: keep one.", put, found)
    tags = tags_of(found[0])
    if tags.get("p", "").lower() not in ("none", "quarantine", "reject"):
        return _said(BLOCK, "The record names no policy (p=none, quarantine or reject).", put, found)
    if apart := _not_aligned(subject, tags):
        return _said(WARN, apart, None, found)
    if "rua" not in tags:
        return _said(WARN, "Nobody receives the reports: add rua=mailto: and an address.", None, found)
    if tags["p"].lower() == "none":
        return _said(GOOD, "The policy only watches (p=none). After some quiet weeks, tighten it.", None, found)
    return _said(GOOD, f"Forged mail is told to be put into {_place(tags['p'])}.", None, found)


def _records(domain: str, names: Asks) -> list[str]:
    return [text for text in names.texts(f"_dmarc.{domain}") if text.lower().replace(" ", "").startswith("v=dmarc1")]


def _not_aligned(subject: Subject, tags: dict[str, str]) -> str:
    """SPF counts for DMARC only when bounces go to the same domain; under a strict policy to exactly it."""
    bounces = subject.bounce_domain or subject.domain
    if bounces == subject.domain:
        return ""
    if tags.get("aspf", "r").lower() == "s":
        return f"Bounces go to {bounces}, and the policy is strict (aspf=s): only DKIM counts. Make it aspf=r."
    if organisation(bounces) != organisation(subject.domain):
        return f"Bounces go to {bounces}, another domain: only DKIM counts for DMARC."
    return ""


def _place(policy: str) -> str:
    return "spam" if policy.lower() == "quarantine" else "the bin"


def _said(grade: str, sentence: str, put: Record | None, found: list[str] | None = None) -> Finding:
    return Finding("dmarc", _TITLE, grade, sentence, tuple(found or ()), put)
