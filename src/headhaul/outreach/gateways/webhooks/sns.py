"""Amazon SES tells by SNS, which signs each notice; the certificate is fetched from Amazon and nowhere else."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate

from headhaul.outreach.choices import EventKind
from headhaul.outreach.schemas.posted import Forged, Posted, Told

MOST_AGE = timedelta(hours=1)
_HOST = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com")
_NOTICE = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SECONDS = (3, 5)
_KINDS = {
    "Delivery": EventKind.DELIVERED,
    "Complaint": EventKind.COMPLAINT,
    "Reject": EventKind.FAILED,
    "Rendering Failure": EventKind.FAILED,
    "DeliveryDelay": EventKind.DEFERRED,
    "Send": EventKind.DEFERRED,
    "Open": EventKind.OPENED,
    "Click": EventKind.CLICKED,
}


def verified(posted: Posted, *, topics: str, at: datetime) -> dict[str, Any]:
    """The notice, if it is Amazon's, fresh, and of one of our topics (ARNs, separated by commas). Raises Forged."""
    try:
        notice = json.loads(posted.body)
    except (ValueError, RecursionError) as fault:
        raise Forged("it is not JSON") from fault
    if not isinstance(notice, dict) or not all(isinstance(value, str) for value in notice.values()):
        raise Forged("it is no notice of SNS")
    if notice.get("TopicArn", "") not in [topic.strip() for topic in topics.split(",") if topic.strip()]:
        raise Forged("it is of another topic")
    if notice.get("SignatureVersion") != "2":
        raise Forged("it is signed with SHA-1: set SignatureVersion 2 for the topic")
    _check_signature(notice)
    _check_age(notice.get("Timestamp", ""), at)
    return notice


def confirm(notice: dict[str, Any]) -> None:
    """Accept the subscription, which a verified notice asks for."""
    address = urlsplit(notice["SubscribeURL"])
    if address.scheme != "https" or not _HOST.fullmatch(address.netloc):
        raise Forged("its address to confirm at is not Amazon's")
    _fetch(notice["SubscribeURL"])


def events_of(notice: dict[str, Any]) -> list[Told]:
    """What SES says, one for each recipient."""
    try:
        said = json.loads(notice["Message"])
        kind = str(said.get("eventType") or said.get("notificationType") or "")
        mail, part = said["mail"], said.get(kind[:1].lower() + kind[1:].replace(" ", ""), {})
        whom = _recipients(kind, part, mail)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Forged("it is no event of SES") from fault
    return [
        Told(
            event_id=f"{notice['MessageId']}:{position}",
            kind=_kind(kind, part),
            provider_id=str(mail["messageId"]),
            recipient=recipient,
            occurred_at=_moment(str(part.get("timestamp") or notice["Timestamp"])),
            raw={"event": kind, "description": why, "part": part},
        )
        for position, (recipient, why) in enumerate(whom)
    ]


def _recipients(kind: str, part: dict[str, Any], mail: dict[str, Any]) -> list[tuple[str, str]]:
    named = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients", "DeliveryDelay": "delayedRecipients"}
    if kind in named:
        return [(str(each["emailAddress"]), str(each.get("diagnosticCode", ""))) for each in part[named[kind]]]
    return [(str(each), "") for each in part.get("recipients", mail["destination"])]


def _kind(kind: str, part: dict[str, Any]) -> str:
    if kind != "Bounce":
        return str(_KINDS.get(kind, kind.lower()))
    is_nobody = part.get("bounceType") == "Permanent" and part.get("bounceSubType") in ("General", "NoEmail")
    return EventKind.HARD_BOUNCE if is_nobody else EventKind.SOFT_BOUNCE


def _check_signature(notice: dict[str, Any]) -> None:
    names = _NOTICE if notice.get("Type") == "Notification" else _CONFIRMATION
    signed = "".join(f"{name}\n{notice[name]}\n" for name in names if name in notice)
    address = urlsplit(notice.get("SigningCertURL", ""))
    if address.scheme != "https" or not _HOST.fullmatch(address.netloc) or not address.path.endswith(".pem"):
        raise Forged("its certificate is not Amazon's")
    try:
        key = load_pem_x509_certificate(_certificate(notice["SigningCertURL"])).public_key()
        if not isinstance(key, RSAPublicKey):
            raise Forged("its certificate is of another kind")
        key.verify(base64.b64decode(notice.get("Signature", ""), validate=True), signed.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as fault:
        raise Forged("the signature does not fit") from fault


@lru_cache(maxsize=32)
def _certificate(url: str) -> bytes:
    return _fetch(url)


def _fetch(url: str) -> bytes:
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, timeout=_SECONDS, allow_redirects=False)
    except requests.RequestException as fault:
        raise Forged(f"Amazon could not be asked: {fault}") from fault
    if answer.status_code != 200:
        raise Forged(f"Amazon answered {answer.status_code}")
    return answer.content


def _check_age(stamp: str, at: datetime) -> None:
    signed_at = _moment(stamp)
    if signed_at is None or not at - MOST_AGE <= signed_at <= at + timedelta(minutes=1):
        raise Forged("it was not signed now")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
