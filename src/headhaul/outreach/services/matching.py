"""Which message of ours an incoming one answers. The strongest sign decides, and is stored with it.

What only looks alike is shown to a person and stops nothing: same sender is a guess, the same subject is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from headhaul.accounts.models import Contact, ContactEmail, ContactPhone
from headhaul.outreach.choices import WENT_OUT, Channel
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import Message, SendAttempt, Sender
from headhaul.outreach.services import tokens

RECENT = timedelta(days=30)
_ATTEMPT = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
_SENT = [str(state) for state in WENT_OUT]


@dataclass(frozen=True, slots=True)
class Match:
    """What it answers, by which sign, and who wrote it.

    `is_certain`: it answers this message, and whoever wrote is the person it went to. `is_forward`: somebody else
    answers, as when it was passed on.
    """

    rule: str = "none"
    message: Message | None = None
    contact: Contact | None = None
    is_certain: bool = False
    is_forward: bool = False

    @property
    def is_threaded(self) -> bool:
        """Whether it surely answers this message, whoever wrote."""
        return self.message is not None and (self.is_certain or self.is_forward)


def match(incoming: Incoming, *, at: datetime) -> Match:
    """The strongest sign there is."""
    people = people_of(incoming.from_address)
    if incoming.channel is not Channel.EMAIL:
        return _by_number(incoming, people, at=at)
    for rule, message in _signs(incoming):
        if message is not None:
            return _judged(rule, message, incoming, people)
    return _by_address(incoming, people, at=at)


def people_of(address: str) -> list[Contact]:
    """Everybody who is known by this address, the oldest first."""
    if not address:
        return []
    if "@" in address:
        keys = list(ContactEmail.objects.filter(address=address).values_list("contact_id", flat=True))
    else:
        keys = list(ContactPhone.objects.filter(number=address).values_list("contact_id", flat=True))
    return list(Contact.objects.filter(pk__in=keys).select_related("account").order_by("pk"))


def sender_of(incoming: Incoming) -> Sender | None:
    """The mailbox or number it came to."""
    if incoming.sender_id is not None:
        return Sender.objects.filter(pk=incoming.sender_id).first()
    wanted = [incoming.to_address, *incoming.recipients]
    return Sender.objects.filter(channel=incoming.channel, address__in=[each for each in wanted if each]).first()


def _signs(incoming: Incoming) -> list[tuple[str, Message | None]]:
    """Rules and what they find, the strongest first; each only looked for when those before found nothing."""
    found: list[tuple[str, Message | None]] = []
    for look in (_by_token, _by_references, _by_verp, _by_returned):
        found.append(look(incoming))
        if found[-1][1] is not None:
            break
    return found


def _by_token(incoming: Incoming) -> tuple[str, Message | None]:
    return "reply_token", _of_tokens(incoming, tokens.REPLY)


def _by_verp(incoming: Incoming) -> tuple[str, Message | None]:
    return "verp", _of_tokens(incoming, tokens.BOUNCE)


def _of_tokens(incoming: Incoming, purpose: str) -> Message | None:
    keys = (tokens.message_of(address, purpose=purpose) for address in incoming.recipients)
    key = next((each for each in keys if each is not None), None)
    return _messages().filter(pk=key).first() if key else None


def _by_references(incoming: Incoming) -> tuple[str, Message | None]:
    return _of_ids(list(incoming.references))


def _by_returned(incoming: Incoming) -> tuple[str, Message | None]:
    return _of_ids([incoming.returned_id] if incoming.returned_id else [])


def _of_ids(ids: list[str]) -> tuple[str, Message | None]:
    if not ids:
        return "message_id", None
    found = list(
        _messages().filter(Q(rfc_id__in=ids, rfc_id__gt="") | Q(provider_rfc_id__in=ids, provider_rfc_id__gt=""))
    )
    for key in ids:  # the nearest one that is ours
        for message in found:
            if key == message.rfc_id:
                return "message_id", message
            if key == message.provider_rfc_id:
                return "provider_id", message
    return "message_id", _of_attempts(ids)


def _of_attempts(ids: list[str]) -> Message | None:
    """An attempt whose answer never came is known by its Message-ID alone: it is the attempt's own name."""
    keys = [UUID(found[1]) for each in ids if (found := _ATTEMPT.match(each))]
    attempt = SendAttempt.objects.filter(pk__in=keys).order_by("-started_at").first() if keys else None
    return _messages().filter(pk=attempt.message_id).first() if attempt else None


def _judged(rule: str, message: Message, incoming: Incoming, people: list[Contact]) -> Match:
    """Whether whoever wrote is whom we wrote to. Programs answer from addresses of their own: they are not asked."""
    is_same = incoming.is_report or incoming.return_path == "" or incoming.from_address == message.address
    known = message.contact_id is not None and any(person.pk == message.contact_id for person in people)
    if is_same or known:
        return Match(rule, message, message.contact, is_certain=True)
    other = next((person for person in people if person.account_id == message.account_id), None)
    return Match(rule, message, other or (people[0] if people else message.contact), is_forward=True)


def _by_address(incoming: Incoming, people: list[Contact], *, at: datetime) -> Match:
    """The same sender within thirty days: to be looked at, never acted upon. A subject alone is no sign."""
    if not incoming.from_address:
        return Match()
    since = incoming.received_at - RECENT
    message = (
        _messages()
        .filter(address=incoming.from_address, channel=Channel.EMAIL, state__in=_SENT, sent_at__gte=since)
        .order_by("-sent_at")
        .first()
    )
    if message is not None:
        return Match("address", message, message.contact or next(iter(people), None))
    return Match("address" if people else "none", None, next(iter(people), None))


def _by_number(incoming: Incoming, people: list[Contact], *, at: datetime) -> Match:
    """Texts name nothing but the number: the last text to it within thirty days is what they answer."""
    texts = _messages().filter(address=incoming.from_address, channel=incoming.channel, state__in=_SENT)
    message = texts.filter(sent_at__gte=incoming.received_at - RECENT).order_by("-sent_at").first()
    if message is not None:
        return Match("address", message, message.contact or next(iter(people), None), is_certain=True)
    return Match("address" if people else "none", None, next(iter(people), None), is_certain=len(people) == 1)


def _messages() -> QuerySet[Message]:
    return Message.objects.select_related("contact", "contact__account", "enrolment")
