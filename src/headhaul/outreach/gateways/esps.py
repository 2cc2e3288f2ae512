"""The e-mail services that can be chosen, and what sets each apart. Facts only; esp.py acts on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

ATTEMPT = "headhaul_attempt"  # not `attempt`, which SendGrid uses for its own count of tries


@dataclass(frozen=True, slots=True)
class Esp:
    """`secret` and `options` are the names of its backend's arguments; `needed` those it cannot do without.

    `settles_in`: an attempt that its search does not show after so long was never taken; None: it has no such search.
    """

    title: str
    url: str
    path: str = "/"
    eu_url: str = ""
    secret: str = "api_key"  # noqa: S105 (an argument's name)
    options: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    has_metadata: bool = True
    switches_tracking: bool = True
    keeps_key: bool = False  # takes a key against doubles
    settles_in: timedelta | None = None
    headers: dict[str, str] = field(default_factory=dict)


ESPS: dict[str, Esp] = {
    "postmark": Esp(
        "Postmark",
        "https://api.postmarkapp.com",
        secret="server_token",  # noqa: S106 (an argument's name)
        options=("message_stream",),
        settles_in=timedelta(minutes=15),
        headers={"X-PM-KeepID": "true"},  # else it puts a Message-ID of its own in the place of ours
    ),
    "mailgun": Esp(
        "Mailgun",
        "https://api.mailgun.net",
        path="/v3",
        eu_url="https://api.eu.mailgun.net",
        options=("sender_domain",),
        needed=("sender_domain",),
        settles_in=timedelta(minutes=45),  # its events may be half an hour late, say its docs
    ),
    "resend": Esp("Resend", "https://api.resend.com", switches_tracking=False, keeps_key=True),
    "sendgrid": Esp("SendGrid", "https://api.sendgrid.com", path="/v3/", eu_url="https://api.eu.sendgrid.com"),
    "brevo": Esp("Brevo", "https://api.brevo.com", path="/v3/", switches_tracking=False),
    "mailjet": Esp(
        "Mailjet",
        "https://api.mailjet.com",
        path="/v3.1/",
        secret="secret_key",  # noqa: S106
        options=("api_key",),
        needed=("api_key",),
    ),
    "sparkpost": Esp("SparkPost", "https://api.sparkpost.com", path="/api/v1/", eu_url="https://api.eu.sparkpost.com"),
    "mailersend": Esp("MailerSend", "https://api.mailersend.com", path="/v1/", secret="api_token", has_metadata=False),  # noqa: S106
}
