"""Delivery reports (RFC 3464), older bounces in prose (by flufl.bounce), and complaints (RFC 5965)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import scan_message

from headhaul.kernel.addresses import email_key
from headhaul.outreach.inbound.incoming import Failure

_MAILER = re.compile(r"\b(?:mailer-daemon|postmaster|mail-daemon|mdaemon|bounce|bounces|mailerdaemon)\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|incomplete|report)|returned mail|"
    r"mail delivery failed|"
    r"failure notice|could not be delivered|nicht zugestellt|unzustellbar|no se ha podido entregar|non remis|"
    r"message delayed|delayed mail|warning: (?:could not send|message)",
    re.IGNORECASE,
)
_NO_SUCH = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox|address|person|account)|does(?:n't| not) exist|"
    r"mailbox (?:unavailable|not found|unknown|disabled|does)|invalid (?:recipient|mailbox|user|address)|"
    r"recipient (?:not found|unknown)|"
    r"address rejected|account (?:has been |is )?(?:disabled|inactive|deleted|closed)|not a known user|no mailbox|"
    r"recipient address rejected|user not found|unrouteable address|host (?:or domain name )?not found|"
    r"domain (?:not found|does not exist)",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"spam|blocked|blacklist|blocklist|policy|reputation|dmarc|spf|too large|size limit|quota|full", re.IGNORECASE
)
_STILL_TRYING = re.compile(
    r"delayed|has not (?:yet )?been delivered|still (?:being )?(?:trying|tried)|will (?:be retried|retry|keep trying)|"
    r"could not be delivered for|warning: ",
    re.IGNORECASE,
)
_ID = re.compile(r"^\s*>?\s*message-id:\s*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)
MOST = 50


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail reports. `feedback` is the kind of a complaint: abuse, fraud…"""

    is_one: bool = False
    failures: tuple[Failure, ...] = ()
    returned_id: str = ""
    feedback: str = ""


def read(mail: Message) -> Report:
    """Read it as a report; one that is none has nothing in it."""
    kinds = {part.get_content_type(): part for part in mail.walk()} if mail.is_multipart() else {}
    returned = _returned_id(mail)
    if "message/feedback-report" in kinds:
        return Report(True, (), returned, _feedback(kinds["message/feedback-report"]))
    if "message/delivery-status" in kinds:
        return Report(True, tuple(_failures(kinds["message/delivery-status"]))[:MOST], returned)
    if not _looks_like_one(mail):
        return Report()
    return Report(True, tuple(_in_prose(mail))[:MOST], returned)


def _failures(part: Message) -> list[Failure]:
    payload = part.get_payload()
    groups = payload if isinstance(payload, list) else []
    return [failure for group in groups if isinstance(group, Message) and (failure := _failure(group))]


def _failure(group: Message) -> Failure | None:
    named = str(group.get("original-recipient") or group.get("final-recipient") or "")
    final = str(group.get("final-recipient") or named)
    action = str(group.get("action", "")).strip().lower()
    if not named or action not in ("failed", "delayed"):
        return None
    status = re.search(r"\d\.\d{1,3}\.\d{1,3}", str(group.get("status", "")))
    text = " ".join(str(group.get("diagnostic-code", "")).split())[:500]
    code = status[0] if status else ""
    address, is_final = _address(final) or _address(named), action == "failed"
    return Failure(address, is_final and _is_for_good(code, text), is_final, code, text) if address else None


def _is_for_good(status: str, text: str) -> bool:
    """Whether the address itself is dead. A full mailbox, or a server that does not like us, says nothing about it."""
    if status.startswith("4"):
        return False
    if status in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"):
        return not (_POLICY.search(text) and not _NO_SUCH.search(text))
    return bool(_NO_SUCH.search(text)) and not (status.startswith("5.7") and _POLICY.search(text))


def _in_prose(mail: Message) -> list[Failure]:
    try:
        found = scan_message(mail)
    except Exception:  # a stranger's bytes in another's parser: whatever it trips over, there is no address then
        found = set()
    text = _first_text(mail)
    named = {_address(each.decode("ascii", "replace") if isinstance(each, bytes) else str(each)) for each in found}
    failed = {email_key(each) for each in re.split(r"[,\s]+", str(mail.get("x-failed-recipients", ""))[:2_000])}
    is_final = not _STILL_TRYING.search(f"{mail.get('subject', '')} {text}")
    is_dead = is_final and (bool(_NO_SUCH.search(text)) or not _POLICY.search(text))
    return [Failure(address, is_dead, is_final, "", text[:300]) for address in sorted((named | failed) - {""})]


def _looks_like_one(mail: Message) -> bool:
    sender, subject = str(mail.get("from", ""))[:500], str(mail.get("subject", ""))[:500]
    if mail.get("x-failed-recipients") is not None:
        return True
    is_empty = str(mail.get("return-path", "x")).strip() in ("", "<>")
    return (bool(_SUBJECT.search(subject)) and (is_empty or bool(_MAILER.search(sender)))) or (
        bool(_MAILER.search(sender)) and is_empty
    )


def _returned_id(mail: Message) -> str:
    for part in mail.walk():
        if part is mail:
            continue
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            if isinstance(inner, Message) and inner.get("message-id"):
                return str(inner["message-id"]).strip()[:300]
            if isinstance(payload, str) and (found := _ID.search(payload)):
                return found[1]
    found = _ID.search(_first_text(mail)) if _looks_like_one(mail) else None
    return found[1] if found else ""


def _feedback(part: Message) -> str:
    payload = part.get_payload()
    text = payload if isinstance(payload, str) else "\n".join(str(each) for each in payload or [])
    found = re.search(r"^feedback-type:\s*([\w-]+)", text, re.IGNORECASE | re.MULTILINE)
    return found[1].lower() if found else "abuse"


def _first_text(mail: Message) -> str:
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            try:
                data = part.get_payload(decode=True)
            except (ValueError, LookupError, AssertionError):
                return ""
            return data[:20_000].decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return ""


def _address(text: str) -> str:
    return email_key(text.rpartition(";")[2].strip().strip("<>").strip())
