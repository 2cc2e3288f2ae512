"""Texts and calls by Twilio. A text is created once or not at all: its API takes no key against doubles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, VoiceResponse

from headhaul.outreach.choices import Channel
from headhaul.outreach.gateways.base import (
    CONNECT_SECONDS,
    MOST_DELAY,
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
from headhaul.outreach.gateways.twilio_codes import meaning
from headhaul.outreach.gateways.unsent import surely_unsent

_PUBLIC = "https://api.twilio.com"
_DELAY = timedelta(seconds=MOST_DELAY)
_SHORTEST_VALID, _LONGEST_VALID = timedelta(seconds=5), timedelta(hours=10)  # the API takes 1 s and advises 5
_RING_SECONDS = 25
_CLOCKS_DIFFER = timedelta(seconds=10)
_WITHIN = timedelta(minutes=5)
_STEPS = ["initiated", "ringing", "answered", "completed"]


class Twilio:
    """One number, or a messaging service."""

    def __init__(self, sender: SenderOptions) -> None:
        self._sender = sender
        self._http = _Http()
        account = str(sender.options.get("account_sid", ""))
        self._client = Client(account, sender.secret, http_client=self._http)

    def send(self, outgoing: Outgoing, *, deadline: float) -> Sent:
        """Create the message or the call."""
        until = ticks() + deadline
        create = self._message if outgoing.channel is Channel.SMS else self._call
        ready = create(outgoing)
        check_in_time(until)
        self._http.timeout = (CONNECT_SECONDS, max(1.0, until - ticks()))
        try:
            made = ready()
        except TwilioRestException as refusal:
            raise _refused(refusal) from refusal
        except requests.RequestException as fault:
            if surely_unsent(fault):
                raise Refused("unreachable", f"Twilio cannot be reached: {fault}"[:300], retry=True) from fault
            raise Unsure(f"Twilio's answer was lost: {fault}"[:300]) from fault
        except (TwilioException, ValueError, KeyError, TypeError) as fault:
            raise Unsure(f"Twilio's answer makes no sense: {fault}"[:300]) from fault
        if not made.sid:
            raise Unsure("Twilio's answer names no id.")
        return Sent(provider_id=str(made.sid))

    def look_up(self, outgoing: Outgoing, *, at: datetime) -> Found | NotSent | None:
        """Search by who was reached from where, time and text, or by whom a call was put through to.

        What is not listed yet may still be on its way, so that is no proof. A rep who did not take up the telephone was
        put through to nobody, so of such a call nothing can be told.
        """
        try:
            found = self._alike(outgoing)
        except (TwilioException, requests.RequestException, ValueError, KeyError, TypeError):
            return None
        return Found(provider_id=str(found[0].sid)) if len(found) == 1 else None

    def close(self) -> None:
        """Let the connections go."""
        self._http.session.close()

    def _message(self, outgoing: Outgoing) -> Callable[[], Any]:
        more: dict[str, Any] = {"status_callback": outgoing.status_url} if outgoing.status_url else {}
        service = self._sender.options.get("messaging_service_sid")
        more |= {"messaging_service_sid": service} if service else {"from_": self._sender.address}
        if (seconds := _valid_for(outgoing)) is not None:
            more["validity_period"] = seconds
        return lambda: self._client.messages.create(to=outgoing.to, body=outgoing.text, **more)

    def _call(self, outgoing: Outgoing) -> Callable[[], Any]:
        """The rep's telephone rings first; when it is taken up, the contact's does."""
        if not outgoing.agent_number:
            raise Refused("no_agent_number", "Whose telephone is to ring first? Put your number into your profile.")
        more: dict[str, Any] = {}
        if outgoing.status_url:
            more = {"status_callback": outgoing.status_url, "status_callback_event": _STEPS}
        twiml = _bridge(outgoing, caller=self._sender.address)
        return lambda: self._client.calls.create(
            to=outgoing.agent_number, from_=self._sender.address, twiml=twiml, timeout=_RING_SECONDS, **more
        )

    def _alike(self, outgoing: Outgoing) -> list[Any]:
        since, until = outgoing.started_at - _CLOCKS_DIFFER, outgoing.started_at + _WITHIN
        self._http.timeout = (CONNECT_SECONDS, 10.0)
        if outgoing.channel is Channel.SMS:
            listed = self._client.messages.list(to=outgoing.to, limit=100)
            listed = [each for each in listed if each.body == outgoing.text]
        else:
            listed = self._client.calls.list(to=outgoing.agent_number, from_=self._sender.address, limit=100)
        timely = [each for each in listed if each.date_created and since <= each.date_created <= until]
        return timely if outgoing.channel is Channel.SMS else [each for each in timely if self._reached(each, outgoing)]

    def _reached(self, call: Any, outgoing: Outgoing) -> bool:
        """Whether the rep's call was put through to the contact."""
        return any(leg.to == outgoing.to for leg in self._client.calls.list(parent_call_sid=call.sid, limit=20))


def check_account(sender: SenderOptions) -> str:
    """Ask for the account and change nothing; its name. Raises Refused."""
    gateway = Twilio(sender)
    gateway._http.timeout = (CONNECT_SECONDS, 10.0)
    try:
        account = gateway._client.api.accounts(str(sender.options.get("account_sid", ""))).fetch()
    except TwilioRestException as refusal:
        raise Refused("set_up", f"Twilio says: {refusal.msg}") from refusal
    except (TwilioException, requests.RequestException, ValueError, KeyError, TypeError) as fault:
        raise Refused("unreachable", f"Twilio cannot be reached: {fault}"[:300], retry=True) from fault
    finally:
        gateway.close()
    return str(account.friendly_name or account.sid)


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's client at the address of the settings, without proxies of the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.session.trust_env = False

    def request(self, method: str, url: str, *rest: Any, **more: Any) -> Any:
        """As the library sends it."""
        more["timeout"] = None  # the client's own, which may be a pair
        return super().request(method, url.replace(_PUBLIC, settings.TWILIO_URL, 1), *rest, **more)


def _bridge(outgoing: Outgoing, *, caller: str) -> str:
    response = VoiceResponse()
    dial = Dial(caller_id=caller, answer_on_bridge=True, timeout=_RING_SECONDS)
    more = {"status_callback": outgoing.status_url, "status_callback_event": "answered completed"}
    dial.number(outgoing.to, **(more if outgoing.status_url else {}))
    response.append(dial)
    return str(response)


def _valid_for(outgoing: Outgoing) -> int | None:
    """The seconds for which Twilio may keep a text: not past its time, nor past the hours of whoever gets it."""
    now = outgoing.started_at + _DELAY  # by the clock that sending goes by; no call comes later after that
    if outgoing.not_after is not None and outgoing.not_after - now < _SHORTEST_VALID:
        raise Refused("expired", "It was to be sent before now.")
    if outgoing.closes_at is not None and outgoing.closes_at - now < _SHORTEST_VALID:
        raise Refused("hours_end", "The hours in which they may be reached are about to end.", retry=True)
    until = [each for each in (outgoing.not_after, outgoing.closes_at) if each is not None]
    return int(min(min(until) - now, _LONGEST_VALID).total_seconds()) if until else None


def _refused(refusal: Any) -> Refused | Unsure:
    """A 4xx was not created; after a 5xx it may have been."""
    if refusal.status >= 500 or refusal.status == 408:
        return Unsure(f"Twilio answered {refusal.status}: {refusal.msg}"[:300])
    if refusal.status == 429:
        return Refused("too_fast", "Twilio asks to slow down.", retry=True)
    means = meaning(refusal.code, str(refusal.msg))
    return Refused(
        means.code,
        f"{means.words} (Twilio {refusal.code})",
        retry=means.retry,
        is_permanent_address=means.is_permanent_address,
    )
