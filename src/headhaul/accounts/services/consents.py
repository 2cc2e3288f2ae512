"""What a contact said about being reached, noted for their addresses in compliance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from headhaul.accounts.errors import IsErased
from headhaul.accounts.models import Contact
from headhaul.accounts.schemas.contacts import SetConsent
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import addresses, contacts
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.services import consent
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.kernel.addresses import email_key, telephone

NEEDS_PROOF = frozenset({ConsentChannel.SMS, ConsentChannel.CALL})


def note(*, said: SetConsent, at: datetime, by: Actor) -> tuple[Contact, list[int]]:
    """Append what the contact said, for one address or all of the channel; the ids of the events.

    What they refuse without naming an address is denied of them, also at one that they get later.
    """
    contact = contacts.lock(said.contact_id, by=by)
    if contact.erased_at is not None:
        raise IsErased("This person asked to be forgotten; they have no addresses here.")
    if said.channel in NEEDS_PROOF and said.status is ConsentStatus.OPTED_IN and not said.evidence:
        raise InvalidData(
            "To text or call somebody, their yes must be provable.",
            fields={"evidence": "their words, a recording, the form they filled in"},
        )
    words = [
        consent.Word(
            address=address,
            channel=said.channel,
            status=said.status,
            basis=said.basis,
            source=said.source,
            evidence=said.evidence,
            captured_at=said.captured_at,
            expires_at=said.expires_at,
            contact_ids=() if said.address else (contact.pk,),
        )
        for address in _addresses(contact, said)
    ]
    return contact, consent.record(words=words, at=at, by=by)


def retract(*, event_ids: Sequence[int], at: datetime, by: Actor) -> list[int]:
    """Take back what was noted by mistake about contacts that this actor sees."""
    known = ConsentEvent.objects.filter(pk__in=event_ids).values_list("address", flat=True)
    for address in set(known):
        _check_seen(address, by=by)
    return consent.retract(event_ids=event_ids, at=at, by=by)


_HOLDERS = """
select contact_id from accounts_contactemail where address = %s
union select contact_id from accounts_contactphone where number = %s limit 50
"""


def _check_seen(address: str, *, by: Actor) -> None:
    for row in fetch(_HOLDERS, [address, address]):
        try:
            contacts.lock(row["contact_id"], by=by)
        except NotFound:
            continue
        return
    raise NotFound("There is no such consent event.", fields={"eventIds": "unknown"})


def _addresses(contact: Contact, said: SetConsent) -> list[str]:
    lines = addresses.of_contact(contact.pk)
    emails = [line["address"] for line in lines["emails"]]
    numbers = list(dict.fromkeys(line["number"] for line in lines["phones"]))
    of_channel = {
        ConsentChannel.EMAIL: emails,
        ConsentChannel.SMS: numbers,
        ConsentChannel.CALL: numbers,
        ConsentChannel.ALL: [*emails, *numbers],
    }[said.channel]
    if said.address is not None:
        wanted = email_key(said.address) or telephone(said.address).number
        if wanted not in of_channel:
            raise InvalidData(
                f"{contact.name} has no such address for this channel.", fields={"address": "see getContact"}
            )
        return [wanted]
    if not of_channel:
        raise InvalidData(
            f"{contact.name} has no address for this channel. Add one first.", fields={"channel": "no address"}
        )
    return of_channel
