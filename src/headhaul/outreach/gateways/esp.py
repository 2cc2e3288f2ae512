"""E-mail services by anymail. The attempt's id travels as metadata, so that their webhooks find it again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from email.utils import formataddr
from importlib import import_module
from typing import Any

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from headhaul.outreach.gateways.base import (
    CONNECT_SECONDS,
    Found,
    NotSent,
    Outgoing,
    Refused,
    SenderOptions,
    Sent,
    Unsure,
    check_in_time,
    ticks,
)
from headhaul.outreach.gateways.esps import ATTEMPT, ESPS, Esp
from headhaul.outreach.gateways.unsent import surely_unsent

_RFC_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_NOT_OURS = frozenset({"from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding"})
_LOOK_SECONDS = 10.0


class EspGateway:
    """One sender at one service."""

    def __init__(self, sender: SenderOptions) -> None:
        self._sender, self._name = sender, str(sender.options.get("esp", ""))
        self._esp = ESPS[self._name]
        self._base = base_url(self._esp, str(sender.options.get("region", "")))
        self._backend: Any = None

    def send(self, outgoing: Outgoing, *, deadline: float) -> Sent:
        """Hand over one mail to one recipient."""
        until = ticks() + deadline
        message = self._message(outgoing)
        check_in_time(until)
        try:
            return self._try(message, outgoing, until)
        except Unsure:
            if not self._esp.keeps_key or ticks() > until:
                raise
            return self._try(message, outgoing, until)  # under the same key it is taken once, however often it is sent

    def _try(self, message: EmailMultiAlternatives, outgoing: Outgoing, until: float) -> Sent:
        backend = self._open(outgoing, until)
        try:
            backend.send_messages([message])
        except AnymailError as fault:
            raise _meaning(fault, self._esp) from fault
        status: Any = message.anymail_status  # type: ignore[attr-defined]
        provider_id = str(status.message_id or "")
        if not provider_id:
            raise Unsure(f"{self._esp.title} did not say under which id it took the mail.")
        theirs = provider_id if _RFC_ID.fullmatch(provider_id) and provider_id != outgoing.rfc_id else ""
        return Sent(provider_id=provider_id, provider_rfc_id=theirs)

    def look_up(self, outgoing: Outgoing, *, at: datetime) -> Found | NotSent | None:
        """Ask the services that can be searched by what we gave them."""
        ask = _SEARCHES.get(self._name)
        if ask is None or self._esp.settles_in is None:
            return None
        try:
            found = ask(self, outgoing)
        except (requests.RequestException, ValueError, KeyError, TypeError, IndexError):
            return None
        if found:
            return Found(provider_id=found)
        is_settled = at - outgoing.started_at > self._esp.settles_in
        return NotSent() if is_settled else None

    def close(self) -> None:
        """Let the connections go."""
        if self._backend is not None:
            self._backend.close()
            self._backend = None

    def _open(self, outgoing: Outgoing, until: float) -> Any:
        if self._backend is None:
            module = import_module(f"anymail.backends.{self._name}")
            given = {name: value for name in self._esp.options if (value := self._sender.options.get(name))}
            given |= {self._esp.secret: self._sender.secret, "api_url": self._base + self._esp.path}
            self._backend = module.EmailBackend(**given)
            self._backend.open()
            self._backend.session.trust_env = False
        self._backend.timeout = (CONNECT_SECONDS, max(1.0, until - ticks()))
        if self._esp.keeps_key:
            self._backend.session.headers["Idempotency-Key"] = str(outgoing.attempt_id)
        return self._backend

    def _message(self, outgoing: Outgoing) -> EmailMultiAlternatives:
        headers = {name: value for name, value in outgoing.headers.items() if name.lower() not in _NOT_OURS}
        if outgoing.rfc_id:
            headers["Message-ID"] = outgoing.rfc_id
        if any("\r" in value or "\n" in value for value in (outgoing.subject, self._sender.name, *headers.values())):
            raise Refused("malformed", "A line break in a header: nothing was sent.")
        message = EmailMultiAlternatives(
            outgoing.subject,
            outgoing.text,
            formataddr((self._sender.name, self._sender.address)),
            [outgoing.to],
            headers=headers | self._esp.headers,
        )
        if outgoing.html:
            message.attach_alternative(outgoing.html, "text/html")
        more: Any = message
        if self._esp.has_metadata:
            more.metadata = {ATTEMPT: str(outgoing.attempt_id)}
        else:
            more.tags = [f"attempt-{outgoing.attempt_id}"]
        if self._esp.switches_tracking:
            more.track_opens = more.track_clicks = False  # we count clicks ourselves, and honestly
        return message

    # ── searches ──

    def _search_postmark(self, outgoing: Outgoing) -> str:
        query = {"count": "1", "offset": "0", f"metadata_{ATTEMPT}": str(outgoing.attempt_id)}
        headers = {"X-Postmark-Server-Token": self._sender.secret, "Accept": "application/json"}
        answer = _get(f"{self._base}/messages/outbound", query, headers=headers)
        return str(answer["Messages"][0]["MessageID"]) if answer["TotalCount"] else ""

    def _search_mailgun(self, outgoing: Outgoing) -> str:
        """By the Message-ID, which is ours there."""
        query = {"message-id": outgoing.rfc_id.strip("<>"), "limit": "1"}
        domain = self._sender.options["sender_domain"]
        answer = _get(f"{self._base}/v3/{domain}/events", query, auth=("api", self._sender.secret))
        return outgoing.rfc_id if answer["items"] else ""


_SEARCHES: dict[str, Callable[[EspGateway, Outgoing], str]] = {
    "postmark": EspGateway._search_postmark,
    "mailgun": EspGateway._search_mailgun,
}


def base_url(esp: Esp, region: str) -> str:
    """Where the service is reached: its own address, or the one of the settings."""
    return settings.ESP_URL or (esp.eu_url if region == "eu" and esp.eu_url else esp.url)


def _get(url: str, query: dict[str, str], **more: Any) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(url, params=query, timeout=(CONNECT_SECONDS, _LOOK_SECONDS), **more)
        answer.raise_for_status()
        return answer.json()


def _meaning(fault: Any, esp: Esp) -> Refused | Unsure:
    if isinstance(fault, AnymailRecipientsRefused):
        return _recipient_refused(fault, esp)
    if isinstance(fault, AnymailInvalidAddress):
        return Refused("bad_address", f"{esp.title}: {fault}", is_permanent_address=True)
    if isinstance(fault, AnymailUnsupportedFeature | AnymailSerializationError):
        return Refused("malformed", f"{esp.title} cannot send this: {fault}")
    if not isinstance(fault, AnymailAPIError):
        return Unsure(f"{esp.title}: {fault}")
    status = fault.status_code
    if status is None:
        if surely_unsent(fault) or surely_unsent(fault.__cause__ or fault):
            return Refused("unreachable", f"{esp.title} cannot be reached: {fault.__cause__}", retry=True)
        return Unsure(f"{esp.title}'s answer was lost: {fault.__cause__}")
    said = fault.response.text[:200] if fault.response is not None else str(fault)
    if status == 429:
        return Refused("too_fast", f"{esp.title} asks to slow down.", retry=True)
    if status in (401, 403):
        return Refused("set_up", f"{esp.title} does not let us in ({status}): {said}", retry=True)
    if 400 <= status < 500 and status != 408:
        return Refused(str(status), f"{esp.title} refuses it: {said}")
    return Unsure(f"{esp.title} answered {status}: {said}")


def _recipient_refused(fault: Any, esp: Esp) -> Refused:
    """`invalid`: nobody there. `rejected`: the service does not send to them, after a bounce or a complaint."""
    status = getattr(fault.email_message, "anymail_status", None)
    words = set(getattr(status, "status", None) or ())
    if "invalid" in words:
        return Refused("bad_address", f"{esp.title}: nobody has this address.", is_permanent_address=True)
    return Refused("rejected", f"{esp.title} does not send to this address: it has bounced or complained before.")
