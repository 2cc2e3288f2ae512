"""What comes in, made of in one transaction: kept once, matched, judged, and everything that follows from it.

Locks are taken in the order of sending: the people, the address, then messages and enrolments. So a STOP either comes
before a text begins to leave, and stops it, or after.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseFault
from django.db import IntegrityError
from django.db.models import Q

from headhaul import preferences
from headhaul.accounts.models import Contact
from headhaul.actions import dispatch
from headhaul.compliance.services.locking import lock_addresses
from headhaul.kernel import Actor, ActorKind, AppError, Door, Role
from headhaul.outreach.choices import NAMELESS, EnrolmentState, EventKind, InboundKind
from headhaul.outreach.inbound.classifying import Judged, judge
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import InboundMessage, Message, MessageEvent
from headhaul.outreach.preferences import Replies
from headhaul.outreach.schemas.outside import MessageReceived
from headhaul.outreach.services import absences, bouncing, coming_back, confirming, holding, news, stops
from headhaul.outreach.services.matching import Match, match, people_of, sender_of
from headhaul.outreach.services.refusing import Wish, refuse

PROVIDER = Actor(kind=ActorKind.SYSTEM, name="Provider", role=Role.ADMIN)
MAILBOX = Actor(kind=ActorKind.SYSTEM, name="Mailbox", role=Role.ADMIN)
"""On whose behalf mails and texts are taken in: nobody of ours, with the reach of the system."""
LONGEST = 20_000  # characters of their own words that are kept


def receive(incoming: Incoming, *, at: datetime) -> InboundMessage:
    """Keep it and do what it asks. The same message again changes nothing and gives the row that is there."""
    known = _known(incoming)
    if known is not None:
        return known
    by_post = incoming.source.startswith("webhook")
    door = Door.PUBLIC if by_post else Door.JOB
    try:
        data = {"incoming": incoming}
        done: Any = dispatch("receiveMessage", data, actor=PROVIDER if by_post else MAILBOX, at=at, door=door)
    except AppError as refusal:
        fault = refusal.__cause__
        if not isinstance(fault, DatabaseFault):
            raise
        known = _known(incoming) if isinstance(fault, IntegrityError) else None
        if known is None:
            raise fault from refusal  # whoever reads a mailbox tells by it whether to try again
        return known  # it was brought twice at the same time, and the other was first
    return InboundMessage.objects.get(pk=done.payload.inbound_id)


def take(incoming: Incoming, *, at: datetime) -> MessageReceived:
    """All that follows from a message that came in, in the transaction of its action."""
    judged = judge(incoming, longest_absence_days=preferences.get(Replies).longest_absence_days)
    found = match(incoming, at=at)
    is_refusal = judged.kind is InboundKind.OPT_OUT and found.is_threaded
    asked = _asked(found.message if is_refusal else None)
    people = _held(incoming.from_address, found.contact if found.is_certain else None, asked)
    if incoming.from_address and not incoming.is_report:  # what a report is about is locked where it is applied
        lock_addresses([incoming.from_address, *_written_to(found.message if is_refusal else None)])
    known = _known(incoming)  # somebody else may have brought it while we waited
    if known is not None:
        return MessageReceived(inbound_id=known.pk, kind=InboundKind(known.kind), is_new=False)
    judged = coming_back.as_meant(judged, incoming, people, at=at)
    row = _keep(incoming, judged, found, at=at)
    also = _act(row, judged, people, incoming, at=at)
    news.tell(row=row, judged=judged, found=found, also=also, at=at)
    return MessageReceived(inbound_id=row.pk, kind=judged.kind, is_new=True)


def _known(incoming: Incoming) -> InboundMessage | None:
    same = Q(source=incoming.source, key=incoming.key)
    if incoming.fingerprint:
        same |= Q(fingerprint=incoming.fingerprint)
    return InboundMessage.objects.filter(same).order_by("pk").first()


def concerned(row: InboundMessage) -> list[Contact]:
    """Whom a stored refusal is about, held until the transaction ends."""
    return _held(row.from_address, row.contact if row.is_certain else None, _asked(_answered(row)))


def written_to(row: InboundMessage) -> tuple[str, ...]:
    """The address that we wrote to when a stored message surely answers ours, from wherever the answer came."""
    return _written_to(_answered(row))


def _answered(row: InboundMessage) -> Message | None:
    return row.message if row.is_certain or row.classified.get("forward") else None


def _asked(message: Message | None) -> Contact | None:
    return message.contact if message else None


def _written_to(message: Message | None) -> tuple[str, ...]:
    return (message.address,) if message and message.address != NAMELESS else ()


def _held(address: str, *surely: Contact | None) -> list[Contact]:
    """Everybody behind the address, and those whom it surely is about.

    Their keys are left alone: whoever commits a row about them meanwhile need not wait for us, while we wait for them.
    """
    keys = {person.pk for person in people_of(address)} | {person.pk for person in surely if person}
    return list(Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"))


def _keep(incoming: Incoming, judged: Judged, found: Match, *, at: datetime) -> InboundMessage:
    message, contact = found.message, found.contact
    account_id = contact.account_id if contact else (message.account_id if message else None)
    return InboundMessage.objects.create(
        channel=incoming.channel,
        source=incoming.source,
        key=incoming.key,
        rfc_id=incoming.rfc_id,
        fingerprint=incoming.fingerprint,
        from_address=incoming.from_address,
        to_address=incoming.to_address,
        subject=incoming.subject,
        text=(incoming.fresh or incoming.text)[:LONGEST],
        raw={
            "text": incoming.text,
            "headers": incoming.headers | {"references": " ".join(reversed(incoming.references))},
            "references": list(incoming.references),
            "attachments": list(incoming.attachments),
            "recipients": list(incoming.recipients),
        },
        kind=judged.kind,
        classified=judged.as_json() | ({"forward": True} if found.is_forward else {}),
        matched_by=found.rule,
        is_certain=found.is_certain,
        sender=sender_of(incoming),
        message=message,
        enrolment_id=message.enrolment_id if message else None,
        contact=contact,
        account_id=account_id,
        returns_on=judged.returns_on,
        received_at=min(incoming.received_at, at),
        stored_at=at,
    )


def _act(row: InboundMessage, judged: Judged, people: Sequence[Contact], incoming: Incoming, *, at: datetime) -> str:
    """Do what it asks; a sentence for whoever hears of it, where it is not plain what was done."""
    match judged.kind:
        case InboundKind.OPT_OUT:
            _opt_out(row, judged, people, at=at)
        case InboundKind.REPLY:
            note_event(row, EventKind.REPLIED, at=at)
            stop_for_reply(row, at=at)
        case InboundKind.AUTO_REPLY:
            note_event(row, EventKind.AUTO_REPLIED, at=at)
            absences.wait(row=row, at=at)
        case InboundKind.BOUNCE:
            bouncing.apply(row=row, incoming=incoming, at=at)
        case InboundKind.HELP:
            confirming.answer_help(inbound=row, at=at)
            return _pause(people, at=at)
        case InboundKind.START:
            return _start(row, people, at=at)
    return ""


def _opt_out(row: InboundMessage, judged: Judged, people: Sequence[Contact], *, at: datetime) -> None:
    note_event(row, EventKind.UNSUBSCRIBED, at=at)
    if not row.from_address:
        return
    said = " / ".join(judged.refusal.words)[:500] or row.text[:500]
    by_guess = "" if judged.refusal.is_sure else " Their words may mean something else: have a look."
    wish = Wish(
        address=row.from_address,
        channels=judged.refusal.channels,
        source=source_of(row),
        said=said,
        why=f"They asked not to be contacted.{by_guess}",
        also=written_to(row),
    )
    refuse(wish=wish, people=people, at=at, said_at=row.received_at)
    if judged.refusal.is_sure:
        confirming.confirm_stop(inbound=row, at=at)


def source_of(row: InboundMessage) -> str:
    """How consent and denials name where something was said."""
    return f"inbound {row.channel} {row.pk}"


def stop_for_reply(row: InboundMessage, *, at: datetime) -> int:
    """End the sequences of whoever answered; only when it is surely them."""
    if row.contact_id is None or not row.is_certain:
        return 0
    why = f"They answered: {row.subject or row.text[:80]}"
    return stops.stop_contact(
        contact_id=row.contact_id, reason=EnrolmentState.REPLIED, at=at, why=why, account_too=True
    )


def note_event(row: InboundMessage, kind: EventKind, *, at: datetime) -> None:
    """What came of the message, for reports. A forward is no answer of the person it went to, unless it refuses."""
    is_refusal = kind is EventKind.UNSUBSCRIBED
    if row.message_id is None or not (row.is_certain or (is_refusal and _answered(row))):
        return
    MessageEvent.objects.get_or_create(
        message_id=row.message_id,
        kind=kind,
        key=f"inbound:{row.pk}",
        defaults={"at": row.received_at, "recorded_at": at, "data": {"inbound": row.pk}},
    )


def _pause(people: Sequence[Contact], *, at: datetime) -> str:
    """Whoever asks for help or information gets no next step before a person has looked."""
    why = "They asked for help or information by text."
    paused = sum(holding.pause_contact(contact_id=person.pk, why=why, at=at) for person in people)
    return "Their sequences are paused until you resume them." if paused else ""


def _start(row: InboundMessage, people: Sequence[Contact], *, at: datetime) -> str:
    """Texts may be possible again; whoever is in a sequence all the same has answered it."""
    came_back = coming_back.bring_back(row, people, at=at)
    for person in people:
        if stops.is_in_one(contact_id=person.pk):
            why = f"They answered: {row.text[:80]}"
            stops.stop_contact(contact_id=person.pk, reason=EnrolmentState.REPLIED, at=at, why=why, account_too=True)
            note_event(row, EventKind.REPLIED, at=at)
    return "" if came_back else "Texts stay closed: there is no consent of theirs to go back to."
