"""Whether a post is really an e-mail service's, by what each of them signs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from headhaul.outreach.schemas.posted import MOST_AGE, Forged, Posted

_AHEAD = timedelta(minutes=1)


def verify(service: str, posted: Posted, *, key: str, at: datetime) -> str:
    """Raise Forged unless it is theirs and fresh. Returns what may be used only once, "" where nothing has to be."""
    if not key:
        raise Forged("no key to check it with was set up")
    return _CHECKS[service](posted, key, at)


def _by_password(posted: Posted, key: str, at: datetime) -> str:
    """A basic sign-in, whose password is the key; beside it stands the secret path. These services sign nothing."""
    scheme, _, given = posted.headers.get("authorization", "").partition(" ")
    try:
        password = base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError) as fault:
        raise Forged("no basic sign-in") from fault
    if scheme.lower() != "basic" or not hmac.compare_digest(password.encode(), key.encode()):
        raise Forged("the wrong password")
    return ""


def _mailgun(posted: Posted, key: str, at: datetime) -> str:
    """Only time and token are signed, not the body: whoever calls makes sure that a token counts once."""
    signed = _json(posted).get("signature") if posted.body.lstrip()[:1] == b"{" else dict(posted.form)
    if not isinstance(signed, dict):
        raise Forged("no signature")
    token, stamp, given = (str(signed.get(name, "")) for name in ("token", "timestamp", "signature"))
    expected = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    if not token or not _same(given, expected):
        raise Forged("the signature does not fit")
    _check_age(stamp, at)
    return token


def _sendgrid(posted: Posted, key: str, at: datetime) -> str:
    stamp = posted.headers.get("x-twilio-email-event-webhook-timestamp", "")
    given = posted.headers.get("x-twilio-email-event-webhook-signature", "")
    try:
        public = load_der_public_key(base64.b64decode(key))
        if not isinstance(public, EllipticCurvePublicKey):
            raise Forged("the key is none of SendGrid's")
        public.verify(base64.b64decode(given), stamp.encode() + posted.body, ECDSA(SHA256()))
    except (InvalidSignature, ValueError) as fault:
        raise Forged("the signature does not fit") from fault
    _check_age(stamp, at)
    return ""


def _resend(posted: Posted, key: str, at: datetime) -> str:
    """Svix: HMAC over id, time and body; several signatures while keys are changed."""
    key_id, stamp = posted.headers.get("svix-id", ""), posted.headers.get("svix-timestamp", "")
    try:
        secret = base64.b64decode(key.removeprefix("whsec_"), validate=True)
    except binascii.Error as fault:
        raise Forged("the key is none of Resend's") from fault
    signed = f"{key_id}.{stamp}.".encode() + posted.body
    expected = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    given = [each.removeprefix("v1,") for each in posted.headers.get("svix-signature", "").split() if each[:3] == "v1,"]
    if not key_id or not any(_same(each, expected) for each in given):
        raise Forged("the signature does not fit")
    _check_age(stamp, at)
    return ""


def _mailersend(posted: Posted, key: str, at: datetime) -> str:
    if not _same(posted.headers.get("signature", ""), hmac.new(key.encode(), posted.body, hashlib.sha256).hexdigest()):
        raise Forged("the signature does not fit")
    return ""


def _check_age(stamp: str, at: datetime) -> None:
    try:
        signed_at = datetime.fromtimestamp(int(stamp), tz=UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise Forged("it does not say when it was signed") from fault
    if not at - MOST_AGE <= signed_at <= at + _AHEAD:
        raise Forged(f"it was signed at {signed_at:%Y-%m-%d %H:%M:%S} UTC, which is not now")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _json(posted: Posted) -> dict[str, object]:
    try:
        found = json.loads(posted.body)
    except (ValueError, RecursionError) as fault:
        raise Forged("it is not JSON") from fault
    if not isinstance(found, dict):
        raise Forged("it is no object")
    return found


_CHECKS: dict[str, Callable[[Posted, str, datetime], str]] = {
    "postmark": _by_password,
    "brevo": _by_password,
    "mailjet": _by_password,
    "sparkpost": _by_password,
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
    "resend": _resend,
    "mailersend": _mailersend,
}
