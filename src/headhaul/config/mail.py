"""The mail server, named by one address: smtp://user:password@host:587?tls=starttls."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from headhaul.config.env import SettingError

TIMEOUT_SECONDS = 20
_FORM = "smtp://user:password@host:587?tls=starttls (or tls=ssl, tls=none; smtps:// means tls=ssl)"
_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """How mail leaves; the dummy backend sends none, and none lands in a log."""

    backend: str = "django.core.mail.backends.dummy.EmailBackend"
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "none"
    timeout: int = TIMEOUT_SECONDS


def mail_server(url: str) -> MailServer:
    """The server of that address, or none for an empty one."""
    if not url:
        return MailServer()
    parts = urlsplit(url)
    tls = parse_qs(parts.query).get("tls", ["ssl" if parts.scheme == "smtps" else "starttls"])[-1]
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or tls not in _PORTS:
        raise SettingError(f"HEADHAUL_SMTP_URL is not the address of a mail server. Use {_FORM}")
    try:
        port = parts.port or _PORTS[tls]
    except ValueError as problem:
        raise SettingError(f"HEADHAUL_SMTP_URL: the port is no number. Use {_FORM}") from problem
    return MailServer(
        backend="django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )
