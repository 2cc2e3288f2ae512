"""Mail that an e-mail service hands over: the raw message, where the service was set to send it whole."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from headhaul.outreach.schemas.posted import Forged, Posted

TAKES = frozenset({"postmark", "mailgun", "sparkpost"})
"""Those that send the whole message and let it be checked whose it is."""


def mails_of(service: str, posted: Posted) -> list[bytes]:
    """The mails of one post. Raises Forged when the whole message is not in it."""
    if service not in TAKES:
        raise Forged(f"{service} does not hand over whole messages with a signature: read the mailbox by IMAP")
    try:
        found = _read(service, posted)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, RecursionError) as fault:
        raise Forged(f"no whole message in it: set {service} to send the raw one") from fault
    if not found or not all(found):
        raise Forged(f"no whole message in it: set {service} to send the raw one")
    return found


def _read(service: str, posted: Posted) -> list[bytes]:
    match service:
        case "mailgun":
            return [posted.form["body-mime"].encode("utf-8", "surrogateescape")]
        case "postmark":
            return [json.loads(posted.body)["RawEmail"].encode()]
    return [_relayed(each["msys"]["relay_message"]["content"]) for each in json.loads(posted.body)]


def _relayed(content: dict[str, Any]) -> bytes:
    text = content["email_rfc822"].encode()
    return base64.b64decode(text, validate=True) if content.get("email_rfc822_is_base64") else text
