"""Links of our mails under random ids. Where they lead is kept here, so that nobody can make us redirect elsewhere."""

from __future__ import annotations

import html as markup
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from headhaul import preferences
from headhaul.kernel.addresses import mail_providers
from headhaul.outreach.choices import Channel
from headhaul.outreach.models import Message, TrackedLink
from headhaul.outreach.preferences import Tracking

_HREF = re.compile(r"""(<a\b[^>]*?\bhref\s*=\s*)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
_TRAP = '<a href="{href}" style="display:none" tabindex="-1" aria-hidden="true">&#8203;</a>'
_PIXEL = '<img src="{src}" width="1" height="1" alt="" style="display:block">'
TRAP = "trap:"


def wrap_links(*, message: Message, html: str, at: datetime) -> str:
    """The HTML with its links leading over us, where they may be counted. The same message gets the same links again.

    Only links to allowed hosts are wrapped. The text part is never touched, and neither is what unsubscribes.
    """
    chosen = preferences.get(Tracking)
    if message.channel != Channel.EMAIL or not html:
        return html
    wrapped = html
    if chosen.track_clicks:
        allowed = allowed_hosts(chosen, sender_address=message.sender.address if message.sender else "")
        wanted = {url for url in map(_url_of, _HREF.finditer(html)) if may_lead_to(url, allowed)}
        traps = [TRAP] if chosen.trap_link and wanted else []
        tokens = _tokens(message, [*sorted(wanted), *traps], at=at)
        wrapped = _HREF.sub(lambda found: _replaced(found, tokens), html)
        if traps:
            wrapped = _before_the_end(wrapped, _TRAP.format(href=address_of(tokens[TRAP])))
    if chosen.track_opens:
        token = _tokens(message, [OPENED], at=at)[OPENED]
        wrapped = _before_the_end(wrapped, _PIXEL.format(src=f"{base()}/o/{token}.gif"))
    return wrapped


OPENED = "opened:"


def base() -> str:
    """Where public addresses begin: a host of its own where there is one."""
    return str(settings.LINKS_URL).rstrip("/")


def address_of(token: str) -> str:
    """The address of a tracked link."""
    return f"{base()}/t/{token}"


def allowed_hosts(chosen: Tracking, *, sender_address: str) -> frozenset[str]:
    """Hosts that a tracked link may lead to: those of the settings, our own, and the sender's."""
    own = {urlsplit(settings.PUBLIC_URL).hostname or "", urlsplit(settings.LINKS_URL).hostname or ""}
    domain = sender_address.rpartition("@")[2].lower()
    senders = {domain} - mail_providers()
    return frozenset({*chosen.hosts, *own, *senders} - {""})


def may_lead_to(url: str, allowed: Iterable[str]) -> bool:
    """Whether a link is a web address on one of these hosts or their sub-domains."""
    if any(char in url for char in "\\\r\n\t") or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        has_user = parts.username is not None or parts.password is not None
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or has_user:
        return False
    return any(host == name or host.endswith(f".{name}") for name in allowed) and not _is_ours(parts.path)


def _is_ours(path: str) -> bool:
    return path.startswith(("/u/", "/t/", "/o/"))


def _url_of(found: re.Match[str]) -> str:
    return markup.unescape(found[3]).strip()


def _replaced(found: re.Match[str], tokens: dict[str, str]) -> str:
    token = tokens.get(_url_of(found))
    return f"{found[1]}{found[2]}{address_of(token)}{found[2]}" if token else found[0]


def _before_the_end(html: str, piece: str) -> str:
    head, end, tail = html.rpartition("</body>")
    return f"{head}{piece}{end}{tail}" if end else f"{html}{piece}"


def _tokens(message: Message, urls: list[str], *, at: datetime) -> dict[str, str]:
    TrackedLink.objects.bulk_create(
        [
            TrackedLink(token=secrets.token_urlsafe(16), message=message, url=url, is_trap=url == TRAP, created_at=at)
            for url in urls
        ],
        ignore_conflicts=True,
    )
    return dict(TrackedLink.objects.filter(message=message, url__in=urls).values_list("url", "token"))
