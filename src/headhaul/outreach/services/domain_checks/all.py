"""All checks of a mailbox's domain, in the order in which one mends them."""

from __future__ import annotations

from dataclasses import replace

from headhaul.outreach.services.domain_checks.dkim import look_at_dkim
from headhaul.outreach.services.domain_checks.dmarc import look_at_dmarc
from headhaul.outreach.services.domain_checks.finding import BLOCK, GOOD, WARN, Asks, Finding, Subject
from headhaul.outreach.services.domain_checks.servers import look_at_bimi, look_at_mx, look_at_ptr
from headhaul.outreach.services.domain_checks.spf import look_at_spf


def look_at(subject: Subject, names: Asks) -> list[Finding]:
    """Ask the name servers about everything. Raises NoNameServer when they do not answer."""
    spf, dkim = look_at_spf(subject, names), look_at_dkim(subject, names)
    findings = [
        spf,
        _softened(dkim) if spf.grade in (GOOD, WARN) else dkim,
        look_at_dmarc(subject, names),
        look_at_mx(subject.domain, names),
    ]
    if subject.bounce_domain and subject.bounce_domain != subject.domain:
        title = "MX: where answers to reply+…@ go"
        findings.append(look_at_mx(subject.bounce_domain, names, key="reply_mx", title=title))
    return [*findings, look_at_ptr(subject, names), look_at_bimi(subject, names)]


def _softened(dkim: Finding) -> Finding:
    """One of SPF and DKIM has to hold; a key that is not found may be under a selector that nobody told us."""
    return replace(dkim, grade=WARN) if dkim.grade == BLOCK else dkim
