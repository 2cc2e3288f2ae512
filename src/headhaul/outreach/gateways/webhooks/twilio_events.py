"""What Twilio posts: how a text or call goes, and texts that come in. Signed over the address and every field."""

from __future__ import annotations

from uuid import UUID

from twilio.request_validator import RequestValidator

from headhaul.outreach.choices import EventKind
from headhaul.outreach.gateways.twilio_codes import OPTED_OUT, meaning
from headhaul.outreach.schemas.posted import Forged, Posted, Told

_TEXTS = {
    "sent": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "undelivered": EventKind.FAILED,
    "failed": EventKind.FAILED,
}
_LEG_OF_CONTACT = {
    "in-progress": EventKind.DEFERRED,
    "completed": EventKind.DELIVERED,
    "busy": EventKind.FAILED,
    "no-answer": EventKind.FAILED,
    "failed": EventKind.FAILED,
    "canceled": EventKind.FAILED,
}
_LEG_OF_REP = {
    "in-progress": EventKind.DEFERRED,
    "busy": EventKind.FAILED,
    "no-answer": EventKind.FAILED,
    "failed": EventKind.FAILED,
    "canceled": EventKind.FAILED,
}


def verify(posted: Posted, *, token: str, account: str) -> None:
    """Raise Forged unless Twilio signed it for this very address with our token."""
    given = posted.headers.get("x-twilio-signature", "")
    if not token or not given or not RequestValidator(token).validate(posted.url, dict(posted.form), given):
        raise Forged("the signature does not fit")
    if posted.form.get("AccountSid", account) != account:
        raise Forged("it is of another account")


def event_of(posted: Posted, *, attempt_id: UUID) -> Told:
    """How an attempt goes. There is no time in the signature: the same state of the same message counts once."""
    form = posted.form
    if sid := form.get("MessageSid", ""):
        status = form.get("MessageStatus", "")
        kind = _of_text(status, form.get("ErrorCode", ""))
        return Told(f"{sid}:{status}", kind, sid, attempt_id, form.get("To", ""), raw=_raw(posted))
    sid = form.get("CallSid", "")
    if not sid:
        raise Forged("it is about no message and no call")
    status, parent = form.get("CallStatus", ""), form.get("ParentCallSid", "")
    kind = str((_LEG_OF_CONTACT if parent else _LEG_OF_REP).get(status, status))
    whom = form.get("To", "") if parent else ""  # the leg of the rep has the rep's own number
    return Told(f"{sid}:{status}", kind, parent or sid, attempt_id, whom, raw=_raw(posted))


def _of_text(status: str, code: str) -> str:
    means = meaning(int(code)) if code.isdigit() else None
    if status in ("undelivered", "failed") and means is not None:
        if means.code == OPTED_OUT:
            return EventKind.UNSUBSCRIBED
        if means.is_permanent_address:
            return EventKind.HARD_BOUNCE
    return str(_TEXTS.get(status, status))


def _raw(posted: Posted) -> dict[str, str]:
    """What is kept: nothing of what somebody said."""
    kept = ("MessageSid", "MessageStatus", "CallSid", "ParentCallSid", "CallStatus", "CallDuration", "ErrorCode")
    found = {name: posted.form[name] for name in kept if name in posted.form}
    code = found.get("ErrorCode", "")
    return found | ({"description": meaning(int(code)).words} if code.isdigit() else {})
