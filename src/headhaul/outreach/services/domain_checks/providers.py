"""What the usual senders of mail ask to be put into DNS, by their documentation; what they show has the last word.

`include` is their part of an SPF record, `selectors` are where their DKIM keys usually are.
"""

from __future__ import annotations

from dataclasses import dataclass

from headhaul.outreach.services.domain_checks.finding import Subject


@dataclass(frozen=True, slots=True)
class Provider:
    """`spf_by_bounces`: mail bounces to a sub-domain of theirs, so that the domain's own SPF need not name them."""

    title: str
    include: str = ""
    selectors: tuple[str, ...] = ()
    spf_by_bounces: bool = False


_BY_HOST = {
    "smtp.gmail.com": Provider("Google", "_spf.google.com", ("google", "20230601", "20251104")),
    "smtp-relay.gmail.com": Provider("Google", "_spf.google.com", ("google", "20230601", "20251104")),
    "smtp.office365.com": Provider("Microsoft 365", "spf.protection.outlook.com", ("selector1", "selector2")),
    "amazonaws.com": Provider("Amazon SES", "amazonses.com", (), spf_by_bounces=True),
    "smtp.sendgrid.net": Provider("SendGrid", "sendgrid.net", ("s1", "s2"), spf_by_bounces=True),
    "smtp.mailgun.org": Provider("Mailgun", "mailgun.org", ("smtp", "mta", "k1", "pic", "mx", "email")),
    "smtp.postmarkapp.com": Provider("Postmark", "spf.mtasv.net", ("pm",), spf_by_bounces=True),
    "smtp.zoho.com": Provider("Zoho", "zohomail.com", ("zoho", "zmail")),
    "smtp.fastmail.com": Provider("Fastmail", "spf.messagingengine.com", ("fm1", "fm2", "fm3")),
}
_BY_SERVICE = {
    "postmark": _BY_HOST["smtp.postmarkapp.com"],
    "mailgun": _BY_HOST["smtp.mailgun.org"],
    "sendgrid": _BY_HOST["smtp.sendgrid.net"],
    "resend": Provider("Resend", "amazonses.com", ("resend",), spf_by_bounces=True),
    "brevo": Provider("Brevo", "spf.brevo.com", ("mail", "brevo1", "brevo2")),
    "mailjet": Provider("Mailjet", "spf.mailjet.com", ("mailjet",)),
    "sparkpost": Provider("SparkPost", "_spf.sparkpostmail.com", (), spf_by_bounces=True),
    "mailersend": Provider("MailerSend", "_spf.mailersend.net", ("mlsend", "mlsend2"), spf_by_bounces=True),
}


def provider_of(subject: Subject) -> Provider | None:
    """Who sends; None for a server of one's own."""
    if subject.service:
        return _BY_SERVICE.get(subject.service)
    host = subject.host.lower()
    return next((each for name, each in _BY_HOST.items() if host == name or host.endswith(f".{name}")), None)
