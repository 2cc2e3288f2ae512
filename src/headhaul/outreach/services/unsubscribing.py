"""Unsubscribing by link: one token a message, good for ever and for nothing else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul import preferences
from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.models import Contact
from headhaul.accounts.selectors import merged
from headhaul.actions import dispatch
from headhaul.compliance.choices import ConsentChannel
from headhaul.compliance.preferences import Firm
from headhaul.compliance.services import suppression
from headhaul.compliance.services.locking import lock_addresses
from headhaul.kernel import SYSTEM, Actor, ActorKind, Door, Role
from headhaul.outreach.choices import Channel, EventKind
from headhaul.outreach.models import Message, MessageEvent, UnsubscribeLink
from headhaul.outreach.schemas.outside import UnsubscribedByLink
from headhaul.outreach.services.matching import people_of
from headhaul.outreach.services.refusing import Wish, refuse
from headhaul.outreach.services.tracking import base

_LINK = """
with made as (
    insert into outreach_unsubscribelink (token, message_id, address, address_hash, contact_id, account_id, created_at)
    values (%s, %s, %s, '', %s, %s, %s) on conflict do nothing returning token
)
select token from made union all select token from outreach_unsubscribelink where message_id = %s limit 1
"""

RECIPIENT = Actor(kind=ActorKind.SYSTEM, name="Unsubscribe link", role=Role.ADMIN)
"""On whose behalf the button works: nobody of ours, with the reach of the system."""
WHY = "They unsubscribed by the link in a mail."


@dataclass(frozen=True, slots=True)
class WaysOut:
    """The address for List-Unsubscribe (RFC 8058: it takes a POST) and for the link in the body: one and the same."""

    url: str
    token: str


def link_of(*, message: Message, at: datetime) -> WaysOut:
    """The way out of this message; the same however often it is asked for."""
    made = UnsubscribeLink(
        token=secrets.token_urlsafe(24),
        message=message,
        address=message.address,
        contact_id=message.contact_id,
        account_id=message.account_id,
        created_at=at,
    )
    token = _kept_token(made)
    return WaysOut(f"{base()}/u/{token}", token)


def _kept_token(made: UnsubscribeLink) -> str:
    """The token of the message's link: of this one, or of the one that was there."""
    given = [made.token, made.message_id, made.address, made.contact_id, made.account_id, made.created_at]
    with connection.cursor() as cursor:
        cursor.execute(_LINK, [*given, made.message_id])
        found = cursor.fetchone()
    if found is not None:
        return str(found[0])
    return UnsubscribeLink.objects.values_list("token", flat=True).get(message=made.message_id)  # made a moment ago


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says: whom it is about, half hidden, and who we are."""

    address: str
    firm: str
    is_done: bool


_NOBODY = Shown("", "", True)


def look(token: str) -> Shown | None:
    """What a link is about; None for one that is unknown. Looking does nothing."""
    link = UnsubscribeLink.objects.filter(token=token).first()
    if link is None:
        return None
    return Shown(veiled(link.address), preferences.get(Firm).name, link.used_at is not None)


def unsubscribe(*, token: str, at: datetime, everything: bool = False) -> Shown | None:
    """No mail any more to this address, or nothing at all by any way. However often: the same. None: unknown."""
    data = {"token": token, "everything": everything}
    done: Any = dispatch("unsubscribeByLink", data, actor=RECIPIENT, at=at, door=Door.PUBLIC).payload
    return replace(look(token) or _NOBODY, is_done=True) if done.is_known else None


def refuse_by_link(*, token: str, everything: bool, at: datetime) -> UnsubscribedByLink:
    """What the button does, in the transaction of its action. Whether anything is otherwise by it."""
    link = UnsubscribeLink.objects.filter(token=token).first()
    if link is None:
        return UnsubscribedByLink(is_known=False, is_new=False)
    channel = ConsentChannel.ALL if everything else ConsentChannel.EMAIL
    if link.address:
        is_new = _refuse(link, channel, at=at)
    else:
        source = f"inbound unsubscribe link {link.pk}"
        made = suppression.deny_forgotten(key_hash=link.address_hash, channel=channel, source=source, at=at, by=SYSTEM)
        is_new = suppression.is_of(made, source=source, at=at)
    _note(link, at=at)
    UnsubscribeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at)
    return UnsubscribedByLink(
        is_known=True, is_new=is_new or link.used_at is None, message_id=link.message_id, contact_id=link.contact_id
    )


def veiled(address: str) -> str:
    """Enough for the owner to know it by: whoever else got the link learns little."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}{'•' * min(max(len(local) - 1, 2), 6)}{at}{domain}" if at else ""


def _refuse(link: UnsubscribeLink, channel: ConsentChannel, *, at: datetime) -> bool:
    """Whether there was any denial to add."""
    keys = {person.pk for person in people_of(link.address)} | _owner(link)
    people = list(Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"))
    lock_addresses([link.address])
    source = f"inbound unsubscribe link {link.pk}"
    wish = Wish(link.address, (channel.value,), source, "They pressed unsubscribe.", WHY)
    made = refuse(wish=wish, people=people, at=at)
    return any(suppression.is_of(key, source=source, at=at) for key in made)


def _owner(link: UnsubscribeLink) -> set[int]:
    """Whom the mail went to, under whatever address and as part of whomever they are known by now."""
    if link.contact_id is None:
        return set()
    return {link.contact_id, merged.now(entity=MergeEntity.CONTACT, old_id=link.contact_id) or link.contact_id}


def _note(link: UnsubscribeLink, *, at: datetime) -> None:
    if link.message_id is not None:
        MessageEvent.objects.get_or_create(
            message_id=link.message_id,
            kind=EventKind.UNSUBSCRIBED,
            key="link",
            defaults={"at": at, "recorded_at": at, "data": {"channel": str(Channel.EMAIL)}},
        )
