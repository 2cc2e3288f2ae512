"""From what somebody gives for a mailbox or number to what is stored, and back again for taking a change back."""

from __future__ import annotations

from datetime import date
from typing import Any

from headhaul.kernel import InvalidData
from headhaul.kernel.addresses import email_key, phone_key
from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.gateways.hosts import IMAP_PORTS, SUBMISSION_PORTS, is_internal_name, outside_address
from headhaul.outreach.models import Sender
from headhaul.outreach.schemas.senders import EmailService, Inbox, SaveSender, SmtpServer, TwilioAccount

_PLAIN = ("name", "user_id", "reply_domain", "daily_cap", "warm_up_from", "spacing_seconds", "is_default")
_MAY_BE_NONE = {"user_id", "daily_cap", "warm_up_from"}
_FITS = {
    Channel.EMAIL: (GatewayKind.SANDBOX, GatewayKind.SMTP, GatewayKind.ESP),
    Channel.SMS: (GatewayKind.SANDBOX, GatewayKind.TWILIO),
    Channel.CALL: (GatewayKind.SANDBOX, GatewayKind.TWILIO),
}
_TELLS = ("host", "username", "name", "account_sid")  # whom a password or key is shown to, in any of the settings
_NEEDS = {GatewayKind.SMTP: "smtp", GatewayKind.ESP: "service", GatewayKind.TWILIO: "twilio"}


def check_hosts(data: SaveSender) -> None:
    """Look up the servers that were given. Raises HostNotAllowed for one inside our network or without an address.

    It asks name servers: never within a transaction. Whoever connects looks again.
    """
    if data.smtp is not None:
        outside_address(data.smtp.host, data.smtp.port, ports=SUBMISSION_PORTS)
    if data.inbox is not None:
        outside_address(data.inbox.host, data.inbox.port, ports=IMAP_PORTS)


def written(data: SaveSender, *, now: Sender | None) -> tuple[dict[str, Any], dict[str, str]]:
    """(columns, secrets) of what was given. Raises InvalidData. Whether its servers are outside, check_hosts asks."""
    channel = _channel(data, now)
    given = data.model_fields_set
    values: dict[str, Any] = {
        name: getattr(data, name)
        for name in _PLAIN
        if name in given and (getattr(data, name) is not None or name in _MAY_BE_NONE)
    }
    if now is None:
        values["channel"] = channel
    if data.address is not None or now is None:
        values["address"] = _address(data.address or "", channel)
    gateway = data.gateway or (GatewayKind(now.gateway) if now else GatewayKind.SANDBOX)
    if gateway not in _FITS[channel]:
        fits = ", ".join(_FITS[channel])
        raise InvalidData(f"{channel.label} cannot go by {gateway}.", fields={"gateway": f"one of {fits}"})
    values["gateway"] = gateway
    secrets = {name: value for name in ("secret", "webhook_key", "inbox_secret") if (value := getattr(data, name))}
    values["options"] = _options(data, gateway, now, secrets)
    if "inbox" in given:
        values["inbox"] = _inbox(data.inbox)
        _check_inbox_secret(data.inbox, now, secrets)
    return values, secrets


def as_given(sender: Sender | dict[str, Any]) -> dict[str, Any]:
    """The parts of its options as they are given and shown."""
    of = sender.__getitem__ if isinstance(sender, dict) else lambda name: getattr(sender, name)
    options, kind, inbox = dict(of("options")), of("gateway"), of("inbox")
    shown: dict[str, Any] = {"dkim_selectors": list(options.pop("dkim_selectors", []))}
    if kind == GatewayKind.SMTP:
        shown["smtp"] = SmtpServer(**options)
    elif kind == GatewayKind.ESP:
        shown["service"] = EmailService(name=options.pop("esp"), **options)
    elif kind == GatewayKind.TWILIO:
        shown["twilio"] = TwilioAccount(**options)
    return shown | {"inbox": Inbox(**inbox) if inbox else None}


def as_sent(before: dict[str, Any]) -> dict[str, Any]:
    """What it was before, as `saveSender` takes it: wire names, plain JSON."""
    given = {name: before[name] for name in (*_PLAIN, "address", "gateway")} | as_given(before)
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}
    return SaveSender.model_validate(plain).model_dump(mode="json", by_alias=True, exclude_unset=True)


def _channel(data: SaveSender, now: Sender | None) -> Channel:
    if now is not None:
        if data.channel is not None and data.channel != now.channel:
            raise InvalidData("A mailbox stays a mailbox.", fields={"channel": str(now.channel)})
        return Channel(now.channel)
    if data.channel is None:
        raise InvalidData("Say what it is.", fields={"channel": "email, sms or call"})
    return data.channel


def _address(text: str, channel: Channel) -> str:
    found = email_key(text) if channel is Channel.EMAIL else phone_key(text)
    if not found:
        right = "an e-mail address" if channel is Channel.EMAIL else "a telephone number, for example +12145550100"
        raise InvalidData(f"{text or 'Nothing'} is not {right}.", fields={"address": right})
    return found


def _options(data: SaveSender, gateway: GatewayKind, now: Sender | None, secrets: dict[str, str]) -> dict[str, Any]:
    kept = dict(now.options) if now is not None and now.gateway == gateway else {}
    selectors = data.dkim_selectors if data.dkim_selectors is not None else kept.get("dkim_selectors", [])
    name = _NEEDS.get(gateway)
    part = getattr(data, name) if name else None
    if name and part is None and not kept:
        raise InvalidData(f"{gateway} needs its own settings.", fields={name: "needed"})
    if part is not None:
        kept = part.model_dump(mode="json")
    if name and not secrets.get("secret") and (now is None or not now.secret) and _wants_secret(gateway, kept):
        raise InvalidData("A password or key is needed.", fields={"secret": "needed"})
    if now is not None and now.secret and not secrets.get("secret") and _is_led_elsewhere(gateway, part, now):
        raise InvalidData(
            "It would be shown to another server or account than the one it was given for: give it again.",
            fields={"secret": "the password or key of the new server or account"},
        )
    match gateway:
        case GatewayKind.SMTP if part is not None:
            has_secret = bool(secrets.get("secret") or (now is not None and now.secret))
            _check_encrypted(part.host, part.security, has_secret=has_secret, field="smtp")
        case GatewayKind.ESP if part is not None:
            kept = _service(part, kept)
    return kept | ({"dkim_selectors": list(selectors)} if selectors else {})


def _is_led_elsewhere(gateway: GatewayKind, part: Any, now: Sender) -> bool:
    """Whether what is kept would be told to somebody else. A sandbox is told nothing."""
    if gateway is GatewayKind.SANDBOX:
        return False
    if gateway != now.gateway:
        return True
    if part is None:
        return False
    given = part.model_dump(mode="json")
    before = now.options | ({"name": now.options["esp"]} if gateway is GatewayKind.ESP else {})
    return any(given[name] != before.get(name) for name in _TELLS if name in given)


def _wants_secret(gateway: GatewayKind, options: dict[str, Any]) -> bool:
    return gateway is not GatewayKind.SMTP or bool(options.get("username"))


def _check_encrypted(host: str, security: str, *, has_secret: bool, field: str) -> None:
    if security == "none" and has_secret and not is_internal_name(host):
        raise InvalidData(
            "Without encryption anybody on the way can read the password.", fields={field: "security: starttls or ssl"}
        )


def _service(service: EmailService, kept: dict[str, Any]) -> dict[str, Any]:
    from headhaul.outreach.gateways.esps import ESPS

    missing = [name for name in ESPS[service.name].needed if not kept.get(name)]
    if missing:
        raise InvalidData(
            f"{ESPS[service.name].title} needs more.", fields={f"service.{name}": "needed" for name in missing}
        )
    kept["esp"] = kept.pop("name")
    return kept


def _inbox(inbox: Inbox | None) -> dict[str, Any]:
    if inbox is None:
        return {}
    _check_encrypted(inbox.host, inbox.security, has_secret=True, field="inbox")
    return inbox.model_dump(mode="json")


def _check_inbox_secret(inbox: Inbox | None, now: Sender | None, secrets: dict[str, str]) -> None:
    """A kept password is not told to another server than it was given for, nor the mailbox's own to a new one."""
    if inbox is None or now is None or secrets.get("inbox_secret"):
        return
    is_kept = bool(now.inbox_secret or (now.secret and not secrets.get("secret")))
    if is_kept and (inbox.host, inbox.username) != (now.inbox.get("host"), now.inbox.get("username")):
        raise InvalidData(
            "A password that is kept would be shown to another server or account: give the one of the inbox.",
            fields={"inboxSecret": "the password of the new server or account"},
        )
