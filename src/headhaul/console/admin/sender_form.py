"""The form of a mailbox or number: what is asked for by kind, what a preset fills in, and what is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

PLAIN = ("address", "name", "userId", "replyDomain", "dailyCap", "warmUpFrom", "spacingSeconds")
NUMBERS = {"userId", "dailyCap", "spacingSeconds"}
MAY_BE_NONE = {"userId", "dailyCap", "warmUpFrom"}
SECRETS = ("secret", "webhookKey", "inboxSecret")


@dataclass(frozen=True, slots=True)
class Preset:
    """A way to send, as people know it."""

    key: str
    title: str
    help: str
    channel: str
    gateway: str
    word: str = "Password"  # what its secret is called
    icon: str = "mail"
    smtp: dict[str, Any] = field(default_factory=dict)
    inbox: dict[str, Any] = field(default_factory=dict)
    service: str = ""
    asks: tuple[str, ...] = ()  # more fields of the service


def _smtp(key: str, title: str, help: str, host: str, imap: str = "", *, word: str = "Password") -> Preset:  # noqa: A002
    inbox = {"host": imap, "port": 993, "security": "ssl"} if imap else {}
    server = {"host": host, "port": 587, "security": "starttls"}
    return Preset(key, title, help, "email", "smtp", word=word, smtp=server, inbox=inbox)


def _service(key: str, title: str, *asks: str, word: str = "API key") -> Preset:
    return Preset(
        key, title, "By its API; it tells what became of each mail.", "email", "esp", word, service=key, asks=asks
    )


def _twilio(key: str, title: str, help: str, channel: str, icon: str) -> Preset:  # noqa: A002
    return Preset(key, title, help, channel, "twilio", "Auth token", icon)


PRESETS: dict[str, Preset] = {
    each.key: each
    for each in (
        _smtp(
            "google",
            "Google Workspace",
            "Your own mailbox, with an app password.",
            "smtp.gmail.com",
            "imap.gmail.com",
            word="App password",
        ),
        _smtp(
            "microsoft",
            "Microsoft 365",
            "A mailbox that may use SMTP AUTH.",
            "smtp.office365.com",
            "outlook.office365.com",
        ),
        _smtp("server", "Another mail server", "Any server that takes mail by SMTP.", ""),
        _smtp(
            "ses",
            "Amazon SES",
            "By its mail server; notices come by SNS.",
            "email-smtp.us-east-1.amazonaws.com",
            word="SMTP password",
        ),
        _service("postmark", "Postmark", "messageStream", word="Server API token"),
        _service("mailgun", "Mailgun", "senderDomain", "region"),
        _service("resend", "Resend"),
        _service("sendgrid", "SendGrid", "region"),
        _service("brevo", "Brevo"),
        _service("mailjet", "Mailjet", "apiKey", word="Secret key"),
        _service("sparkpost", "SparkPost", "region"),
        _service("mailersend", "MailerSend", word="API token"),
        Preset(
            "texts", "Twilio number for texts", "Texts go out and come in.", "sms", "twilio", "Auth token", "message"
        ),
        Preset(
            "calls", "Twilio number for calls", "Your telephone rings first.", "call", "twilio", "Auth token", "phone"
        ),
        Preset("sandbox", "Sandbox", "Nothing leaves: see how it would look.", "email", "sandbox", icon="shield"),
    )
}
WEBHOOK_KEYS = {
    "mailgun": "Webhook signing key, from Mailgun's settings.",
    "sendgrid": "Verification key of the signed event webhook.",
    "resend": "Signing secret of the webhook (whsec_…).",
    "mailersend": "Signing secret of the webhook.",
    "ses": "The ARN of your SNS topic; its subscription must use signature version 2.",
}
IN_THE_ADDRESS = "Words of your choice; put them into the address there: https://headhaul:…@"


def preset_of(sender: Any) -> Preset:
    """The preset that fits what is set up."""
    if sender.gateway == "esp":
        return PRESETS[sender.service.name]
    if sender.gateway == "twilio":
        return PRESETS["texts" if sender.channel == "sms" else "calls"]
    if sender.gateway == "sandbox":
        return PRESETS["sandbox"]
    host = sender.smtp.host
    by_host = (each for each in PRESETS.values() if each.smtp.get("host") == host)
    return next(by_host, PRESETS["ses" if host.endswith(".amazonaws.com") else "server"])


def webhook_hint(preset: Preset) -> str:
    """Where the key that notices are signed with is found."""
    return WEBHOOK_KEYS.get(preset.key, IN_THE_ADDRESS if preset.service else "")


def blank(preset: Preset) -> dict[str, Any]:
    """A new one."""
    typed = dict.fromkeys((*PLAIN, *SECRETS, "dkimSelectors", "isDefault"), "") | {"spacingSeconds": "30"}
    return typed | _parts(preset.smtp, preset.inbox, {}, {})


def of_sender(sender: Any) -> dict[str, Any]:
    """What is set up, as the form shows it; secrets stay empty."""
    shown = sender.model_dump(mode="json", by_alias=True)
    typed: dict[str, Any] = {name: "" if shown[name] is None else str(shown[name]) for name in PLAIN}
    typed |= dict.fromkeys(SECRETS, "") | {"dkimSelectors": ", ".join(shown["dkimSelectors"])}
    typed["isDefault"] = "1" if shown["isDefault"] else ""
    return typed | _parts(*(shown[part] or {} for part in ("smtp", "inbox", "service", "twilio")))


def of_post(post: QueryDict) -> dict[str, Any]:
    """What was typed."""
    return {name: str(post.get(name, "")).strip() for name in blank(PRESETS["sandbox"])}


def data_of(typed: dict[str, Any], preset: Preset, sender: Any) -> dict[str, Any]:
    """What saveSender is given. A field left empty is none; a secret left empty stays as it was."""
    data: dict[str, Any] = {"gateway": preset.gateway, "isDefault": typed["isDefault"] == "1"}
    for name in PLAIN:
        value = typed[name]
        if value or name not in MAY_BE_NONE:
            data[name] = value if name not in NUMBERS or not value.isdigit() else int(value)
        else:
            data[name] = None
    if not typed["spacingSeconds"]:
        data.pop("spacingSeconds")
    data |= {name: typed[name] for name in SECRETS if typed[name]}
    data["dkimSelectors"] = [word for word in typed["dkimSelectors"].replace(",", " ").split() if word]
    data |= _given(typed, preset)
    whose = {"senderId": sender.id, "version": sender.version} if sender else {"channel": preset.channel}
    return whose | data


def _given(typed: dict[str, Any], preset: Preset) -> dict[str, Any]:
    given: dict[str, Any] = {}
    match preset.gateway:
        case "smtp":
            given["smtp"] = _part(typed, "smtp", ("host", "port", "security", "username"))
        case "esp":
            given["service"] = {"name": preset.service} | _part(typed, "service", preset.asks)
        case "twilio":
            given["twilio"] = _part(typed, "twilio", ("accountSid", "messagingServiceSid"))
            given["twilio"]["isRegistered"] = typed["twilio.isRegistered"] == "1"
    if preset.channel == "email":
        inbox = _part(typed, "inbox", ("host", "port", "security", "username", "folder"))
        given["inbox"] = inbox if inbox.get("host") else None
    return given


def _part(typed: dict[str, Any], part: str, names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: typed[f"{part}.{name}"] for name in names if typed[f"{part}.{name}"]}
    return found | ({"port": int(found["port"])} if str(found.get("port", "")).isdigit() else {})


def _parts(
    smtp: dict[str, Any], inbox: dict[str, Any], service: dict[str, Any], twilio: dict[str, Any]
) -> dict[str, str]:
    named = {
        "smtp": (smtp, ("host", "port", "security", "username")),
        "inbox": (inbox, ("host", "port", "security", "username", "folder")),
        "service": (service, ("region", "senderDomain", "messageStream", "apiKey")),
        "twilio": (twilio, ("accountSid", "messagingServiceSid", "isRegistered")),
    }
    return {f"{part}.{name}": _text(values.get(name)) for part, (values, names) in named.items() for name in names}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)
