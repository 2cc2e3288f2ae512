"""Outreach as it may have been: people in many zones with what they said, sequences, messages and their fates."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence as Listed
from datetime import datetime
from typing import Any

from headhaul.accounts.models import Account, AccountPulse, AccountScore, Contact, ContactEmail, ContactPhone
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.models import Receipt
from headhaul.compliance.services import consent
from headhaul.compliance.services.consent import Word
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import AttemptOutcome, Channel, EventKind, MessageState
from headhaul.outreach.models import (
    Enrolment,
    Message,
    MessageEvent,
    SendAttempt,
    Sender,
    Sequence,
    SequenceVersion,
)
from tests.factories.market import NOON

_numbers = itertools.count(1)

PLACES: tuple[tuple[str, str, str, str], ...] = (
    ("America/New_York", "NY", "10001", "212"),
    ("America/Chicago", "TX", "75201", "214"),
    ("America/Denver", "CO", "80202", "303"),
    ("America/Phoenix", "AZ", "85001", "602"),
    ("America/Los_Angeles", "CA", "90001", "213"),
    ("America/Anchorage", "AK", "99501", "907"),
    ("Pacific/Honolulu", "HI", "96801", "808"),
    ("", "", "", "800"),  # nobody knows where
)
"""Zone, state, ZIP and area code of eight places; the last is unknown."""

STEPS: list[dict[str, Any]] = [
    {
        "key": "hello",
        "kind": "email",
        "subject": "Drivers for {account.name}",
        "body": "Hi {contact.first_name|there},",
    },
    {"key": "pause", "kind": "wait", "delay": {"amount": 2, "unit": "business_days"}},
    {"key": "nudge", "kind": "sms", "body": "Still short of drivers? Reply STOP to opt out."},
]


def account(name: str = "", *, owner: Actor | None = None, at: datetime = NOON, **fields: Any) -> Account:
    """An account with score and pulse, as the rooms below make one."""
    number = next(_numbers)
    made = Account.objects.create(
        name=name or f"Carrier {number}",
        owner_id=owner.user_id if owner else None,
        created_at=at,
        updated_at=at,
        **fields,
    )
    AccountScore.objects.create(account=made)
    AccountPulse.objects.create(account=made, last_activity_at=at)
    return made


def contact(
    where: Account | None = None,
    *,
    name: str = "",
    email: str = "",
    phone: str = "",
    zone: str = "America/Chicago",
    owner: Actor | None = None,
    at: datetime = NOON,
    **fields: Any,
) -> Contact:
    """Somebody with an e-mail address and a telephone, who has not said anything about being reached."""
    number = next(_numbers)
    known = {"timezone": zone, "timezone_source": "person", "timezone_confidence": "high"} if zone else {}
    made = Contact.objects.create(
        account=where or account(owner=owner, at=at),
        name=name or f"Person {number}",
        first_name=fields.pop("first_name", "Pat"),
        created_at=at,
        updated_at=at,
        **known,
        **fields,
    )
    ContactEmail.objects.create(
        contact=made, address=email or f"person{number}@carrier{number}.example", is_primary=True
    )
    ContactPhone.objects.create(contact=made, number=phone or f"+1214{5550100 + number}", is_primary=True)
    return made


def says_yes(
    person: Contact, *channels: str, at: datetime = NOON, by: Actor = SYSTEM, evidence: str = "“Yes, please.”"
) -> None:
    """They agreed to be reached, with proof: a written agreement for texts."""
    words = [
        Word(
            address=address_of(person, channel),
            channel=ConsentChannel(channel),
            status=ConsentStatus.OPTED_IN,
            basis="express_written",
            source="web form",
            evidence=evidence,
            captured_at=at,
        )
        for channel in channels
    ]
    consent.record(words=words, at=at, by=by)


def address_of(person: Contact, channel: str) -> str:
    """Their first address on the channel."""
    if channel == Channel.EMAIL:
        return str(ContactEmail.objects.filter(contact=person).order_by("-is_primary", "pk").first())
    return str(ContactPhone.objects.filter(contact=person).order_by("-is_primary", "pk").first())


def people_in_zones(
    count: int = len(PLACES), *, owner: Actor | None = None, agree_to: Listed[str] = ("email", "sms", "call")
) -> list[Contact]:
    """`count` people spread over eight places, each at an account of their own, who agreed to be reached."""
    people = []
    for number in range(count):
        zone, state, zip_code, area = PLACES[number % len(PLACES)]
        serial = next(_numbers)
        home = account(f"Fleet {serial}", owner=owner, state=state, zip=zip_code)
        person = contact(home, zone=zone, phone=f"+1{area}55{serial % 100_000:05d}")
        says_yes(person, *agree_to)
        people.append(person)
    return people


def sender(channel: str = "email", *, user: Actor | None = None, **fields: Any) -> Sender:
    """A mailbox or number of the sandbox; the default of its channel unless somebody owns it."""
    number = next(_numbers)
    address = f"rep{number}@headhaul.example" if channel == Channel.EMAIL else f"+1316555{number:04d}"
    values = {
        "channel": channel,
        "address": address,
        "user_id": user.user_id if user else None,
        "is_default": user is None and not Sender.objects.filter(channel=channel, is_default=True).exists(),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Sender.objects.create(**values | fields)


def sequence(
    name: str = "",
    *,
    steps: Listed[dict[str, Any]] = STEPS,
    owner: Actor | None = None,
    options: dict[str, Any] | None = None,
    **fields: Any,
) -> Sequence:
    """An active sequence with one version."""
    owned = {"owner_id": owner.user_id if owner else None, "state": "active"}
    stamped = {"created_at": NOON, "updated_at": NOON}
    made = Sequence.objects.create(name=name or f"Sequence {next(_numbers)}", **stamped | owned | fields)
    SequenceVersion.objects.create(
        sequence=made, number=1, steps=list(steps), options=options or {}, saved_at=made.created_at
    )
    return made


def enrolment(
    inside: Sequence, person: Contact, *, owner: Actor | None = None, at: datetime = NOON, **fields: Any
) -> Enrolment:
    """Somebody in a sequence since `at`."""
    values = {
        "sequence": inside,
        "version_number": inside.current,
        "contact": person,
        "account_id": person.account_id,
        "owner_id": owner.user_id if owner else None,
        "reply_token": f"token{next(_numbers)}",
        "enrolled_at": at,
        "updated_at": at,
    }
    return Enrolment.objects.create(**values | fields)


def message(
    person: Contact | None = None,
    *,
    channel: str = "email",
    state: str = MessageState.DELIVERED,
    of: Enrolment | None = None,
    by: Actor | None = None,
    at: datetime = NOON,
    **fields: Any,
) -> Message:
    """A message in any state, come there by legal moves. What left has an attempt, its receipt, and its moment."""
    person = person or (of.contact if of else contact())
    values: dict[str, Any] = {
        "dedupe_key": f"test:{next(_numbers)}",
        "channel": channel,
        "state": MessageState.DRAFT if state == MessageState.DRAFT else MessageState.QUEUED,
        "contact": person,
        "account_id": person.account_id,
        "address": address_of(person, channel),
        "user_id": by.user_id if by else None,
        "due_at": at,
        "created_at": at,
        "updated_at": at,
    }
    if of is not None:
        owner = by.user_id if by else of.owner_id
        values |= {
            "enrolment": of,
            "sequence_id": of.sequence_id,
            "version_number": of.version_number,
            "user_id": owner,
        }
    late = {name: fields.pop(name) for name in ("lease_owner", "lease_until", "ended_at") if name in fields}
    made = Message.objects.create(**values | fields)
    for step in _path(MessageState(state)):
        if step is MessageState.DISPATCHING:
            attempt(made, at=at)
        _move(made, step, at=at)
    if late:
        Message.objects.filter(pk=made.pk).update(**late)
    made.refresh_from_db()
    return made


def attempt(about: Message, *, outcome: str = AttemptOutcome.STARTED, at: datetime = NOON) -> SendAttempt:
    """A call to a provider, with the receipt that allowed it."""
    key = uuid.uuid4()
    receipt = Receipt.objects.create(
        at=at,
        outcome="allow",
        purpose=about.purpose,
        channel=about.channel,
        address=about.address,
        contact_id=about.contact_id,
        account_id=about.account_id,
        message_id=about.pk,
        attempt_id=key,
        rules_hash="test",
        tzdata="test",
    )
    return SendAttempt.objects.create(
        id=key,
        message=about,
        number=about.attempts.count() + 1,
        outcome=outcome,
        receipt_id=receipt.pk,
        gateway=about.gateway or "sandbox",
        started_at=at,
        deadline_at=at,
    )


_LIVE = {
    MessageState.UNKNOWN: AttemptOutcome.UNKNOWN,
    MessageState.UNKNOWN_FINAL: AttemptOutcome.UNKNOWN,
    MessageState.ACCEPTED: AttemptOutcome.ACCEPTED,
    MessageState.DELIVERED: AttemptOutcome.ACCEPTED,
    MessageState.BOUNCED: AttemptOutcome.ACCEPTED,
}


def _path(to: MessageState) -> list[MessageState]:
    """The states from queued to there."""
    if to in (MessageState.DRAFT, MessageState.QUEUED):
        return []
    if to in (MessageState.CLAIMED, MessageState.CANCELLED, MessageState.EXPIRED):
        return [to]
    out = [MessageState.CLAIMED, MessageState.DISPATCHING]
    if to is MessageState.UNKNOWN_FINAL:
        out.append(MessageState.UNKNOWN)
    elif to in (MessageState.DELIVERED, MessageState.BOUNCED):
        out.append(MessageState.ACCEPTED)
    return out if to is MessageState.DISPATCHING else [*out, to]


def _move(about: Message, to: MessageState, *, at: datetime) -> None:
    values: dict[str, Any] = {"state": to, "lease_owner": "", "lease_until": None}
    if to in (MessageState.CLAIMED, MessageState.DISPATCHING):
        values |= {"lease_owner": "test", "lease_until": at}
    if to in _LIVE:
        about.attempts.update(outcome=_LIVE[to])
        values["sent_at"] = about.sent_at or at
    if to is MessageState.FAILED:
        about.attempts.update(outcome=AttemptOutcome.REFUSED)
    if to is MessageState.DELIVERED:
        values["delivered_at"] = about.delivered_at or at
    Message.objects.filter(pk=about.pk).update(**values)


def event(
    about: Message, kind: str | EventKind, *, at: datetime = NOON, grade: str = "", key: str = ""
) -> MessageEvent:
    """Something that happened to a message after it left."""
    return MessageEvent.objects.create(
        message=about, kind=str(kind), grade=grade, key=key or f"test:{next(_numbers)}", at=at, recorded_at=at
    )
