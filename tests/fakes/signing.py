"""Posts as providers send them: signed as each of them signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

MAILGUN_KEY, RESEND_KEY, MAILERSEND_KEY, PASSWORD = "mailgun-signing-key", "whsec_" + "QUJD" * 8, "ms-key", "sesame"
TOPIC = "arn:aws:sns:us-east-1:123456789012:mail"


@cache
def sendgrid_pair() -> ec.EllipticCurvePrivateKey:
    """The key that SendGrid would sign with."""
    return ec.generate_private_key(ec.SECP256R1())


def sendgrid_key() -> str:
    """Its public half, as SendGrid shows it."""
    raw = sendgrid_pair().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


def sendgrid(events: list[dict[str, Any]], at: datetime) -> tuple[bytes, dict[str, str]]:
    """A batch of events."""
    body, stamp = json.dumps(events).encode(), str(int(at.timestamp()))
    signature = sendgrid_pair().sign(stamp.encode() + body, ec.ECDSA(SHA256()))
    return body, {
        "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
    }


def mailgun(event: dict[str, Any], at: datetime, *, token: str) -> tuple[bytes, dict[str, str]]:
    """One event; its body is not signed."""
    stamp = str(int(at.timestamp()))
    signature = hmac.new(MAILGUN_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    block = {"token": token, "timestamp": stamp, "signature": signature}
    return json.dumps({"signature": block, "event-data": event}).encode(), {}


def resend(event: dict[str, Any], at: datetime, *, key_id: str) -> tuple[bytes, dict[str, str]]:
    """One event by svix."""
    body, stamp = json.dumps(event).encode(), str(int(at.timestamp()))
    secret = base64.b64decode(RESEND_KEY.removeprefix("whsec_"))
    signed = base64.b64encode(hmac.digest(secret, f"{key_id}.{stamp}.".encode() + body, "sha256")).decode()
    return body, {"svix-id": key_id, "svix-timestamp": stamp, "svix-signature": f"v1,other v1,{signed}"}


def mailersend(event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """One event."""
    body = json.dumps(event).encode()
    return body, {"Signature": hmac.new(MAILERSEND_KEY.encode(), body, hashlib.sha256).hexdigest()}


def with_password(event: Any, *, password: str = PASSWORD) -> tuple[bytes, dict[str, str]]:
    """What services post that sign nothing."""
    given = base64.b64encode(f"headhaul:{password}".encode()).decode()
    return json.dumps(event).encode(), {"Authorization": f"Basic {given}"}


@cache
def sns_pair() -> tuple[rsa.RSAPrivateKey, bytes]:
    """A key, and its certificate in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .sign(key, SHA256())
    )
    return key, certificate.public_bytes(Encoding.PEM)


def sns(
    event: dict[str, Any], at: datetime, *, key: str, topic: str = TOPIC, **more: str
) -> tuple[bytes, dict[str, str]]:
    """A notice of SES by SNS."""
    notice = {
        "Type": "Notification",
        "MessageId": key,
        "TopicArn": topic,
        "Message": json.dumps(event),
        "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
        "SignatureVersion": "2",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
    } | more
    signed = "".join(f"{name}\n{notice[name]}\n" for name in ("Message", "MessageId", "Timestamp", "TopicArn", "Type"))
    signature = sns_pair()[0].sign(signed.encode(), padding.PKCS1v15(), SHA256())
    return json.dumps(notice | {"Signature": base64.b64encode(signature).decode()}).encode(), {}
