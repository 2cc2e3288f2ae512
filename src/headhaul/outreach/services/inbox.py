"""What people do with what came in: mark it, say what it is, and whom it is from. A refusal is never lifted here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from headhaul.accounts.services import contacts
from headhaul.kernel import Actor, Conflict, InvalidData, StaleVersion
from headhaul.outreach.choices import Channel, EventKind, InboundKind
from headhaul.outreach.models import InboundMessage, MessageEvent
from headhaul.outreach.schemas.outbox import SendEmail, SendSms
from headhaul.outreach.selectors import replies
from headhaul.outreach.services import receiving
from headhaul.outreach.services.refusing import Wish, refuse

_EVENT_OF = {
    InboundKind.REPLY: EventKind.REPLIED,
    InboundKind.AUTO_REPLY: EventKind.AUTO_REPLIED,
    InboundKind.OPT_OUT: EventKind.UNSUBSCRIBED,
}
BY_PERSON = "person"
"""The rule by which a message belongs to a contact when one of us said so."""
STANDS = "The refusal stays in effect: only an administrator lifts it, with a proof."


class StaleReply(StaleVersion):
    """Somebody changed it since it was read."""


class CannotAnswer(Conflict):
    """There is nobody to answer."""

    code = "cannot_answer"


def held(reply_id: int, *, by: Actor, version: int | None = None) -> InboundMessage:
    """The message, held until the transaction ends; NotFound for what the actor does not see."""
    replies.row(reply_id, by=by)
    found = InboundMessage.objects.select_for_update(of=("self",)).get(pk=reply_id)
    if version is not None and version != found.version:
        raise StaleReply("Somebody changed this meanwhile. Look at it again.", current=found.version)
    return found


def handle(*, reply_id: int, handled: bool, version: int | None, at: datetime, by: Actor) -> InboundMessage:
    """Mark it as done, or as open."""
    found = held(reply_id, by=by, version=version)
    found.handled_at, found.handled_by_id = (at, by.user_id) if handled else (None, None)
    return _saved(found, "handled_at", "handled_by")


def reclassify(
    *, reply_id: int, kind: InboundKind, version: int | None, at: datetime, by: Actor
) -> tuple[InboundMessage, int, str]:
    """Say what it is. Naming it a refusal denies at once; naming a refusal something else lifts nothing."""
    found = held(reply_id, by=by, version=version)
    before = InboundKind(found.kind)
    if kind is before:
        return found, 0, ""
    found.kind = kind
    found.classified = found.classified | {"was": str(before), "by": by.user_id}
    saved = _saved(found, "kind", "classified")
    _events(saved, before, kind, at=at)
    if kind is InboundKind.OPT_OUT:
        return saved, _refuse(saved, at=at), ""
    stopped = receiving.stop_for_reply(saved, at=at) if kind is InboundKind.REPLY else 0
    return saved, stopped, STANDS if before is InboundKind.OPT_OUT else ""


def match(
    *, reply_id: int, contact_id: int | None, version: int | None, at: datetime, by: Actor
) -> tuple[InboundMessage, int]:
    """Say whom it is from. Their sequences stop as by any reply; a refusal counts for them, too."""
    found = held(reply_id, by=by, version=version)
    contact = contacts.lock(contact_id, by=by) if contact_id is not None else None
    found.contact = contact
    found.account_id = contact.account_id if contact else None
    found.matched_by, found.is_certain = (BY_PERSON, True) if contact else ("none", False)
    saved = _saved(found, "contact", "account", "matched_by", "is_certain")
    if contact is None:
        return saved, 0
    kind = InboundKind(saved.kind)
    if kind in _EVENT_OF and saved.message is not None and saved.message.contact_id == contact.pk:
        receiving.note_event(saved, _EVENT_OF[kind], at=at)
    if kind is InboundKind.OPT_OUT:
        return saved, _refuse(saved, at=at)
    return saved, receiving.stop_for_reply(saved, at=at) if kind is InboundKind.REPLY else 0


def answer_of(*, reply_id: int, text: str, subject: str, by: Actor) -> SendEmail | SendSms:
    """The answer as the outbox takes it: to the address that wrote, in the same thread."""
    found = replies.one(reply_id, by=by)
    if found.row.contact_id is None:
        said = "Nobody here is known by this address. Say first whom it is from."
        raise CannotAnswer(said, fields={"contactId": "matchReply"})
    common = {"contact_id": found.row.contact_id, "text": text, "inbound_id": reply_id}
    if found.row.channel is Channel.EMAIL:
        theirs = found.row.subject or "your message"
        usual = theirs if theirs.lower().startswith("re:") else f"Re: {theirs}"
        return SendEmail(**common, subject=(subject or usual)[:300], address=found.row.from_address)
    if subject:
        raise InvalidData("A text has no subject.", fields={"subject": "only of e-mail"})
    return SendSms(**common, address=found.row.from_address)


def _saved(found: InboundMessage, *fields: str) -> InboundMessage:
    found.version = F("version") + 1
    found.save(update_fields=[*fields, "version"])
    found.refresh_from_db(fields=["version"])
    return found


def _events(row: InboundMessage, before: InboundKind, now: InboundKind, *, at: datetime) -> None:
    if row.message_id is not None and before in _EVENT_OF:
        MessageEvent.objects.filter(message_id=row.message_id, kind=_EVENT_OF[before], key=f"inbound:{row.pk}").delete()
    if now in _EVENT_OF:
        receiving.note_event(row, _EVENT_OF[now], at=at)


def _refuse(row: InboundMessage, *, at: datetime) -> int:
    if not row.from_address:
        return 0
    usual = [row.channel, "call"] if row.channel == Channel.SMS else [row.channel]
    channels = tuple(row.classified.get("channels") or usual)
    people = receiving.concerned(row)
    why = "They asked not to be contacted."
    wish = Wish(
        address=row.from_address,
        channels=channels,
        source=receiving.source_of(row),
        said=row.text[:500] or row.subject,
        why=why,
        also=receiving.written_to(row),
        of_contact=row.contact_id if row.matched_by == BY_PERSON else None,
    )
    return len(refuse(wish=wish, people=people, at=at, said_at=row.received_at))
