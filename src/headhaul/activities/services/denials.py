"""Do-not-contact, said in a call or a message: kept by address, so that it outlives the contact."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from headhaul.accounts.models import Account, ContactEmail, ContactPhone
from headhaul.activities.models import Activity
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.services import consent
from headhaul.compliance.services.consent import Word
from headhaul.compliance.services.locking import lock_addresses
from headhaul.kernel import Actor

ALL = ConsentChannel.ALL

_REMEMBER = "update activities_activity set data = data || jsonb_build_object('denied', %s::text[]) where id = %s"


def addresses_of(*, account_id: int, contact_id: int | None) -> list[str]:
    """All by which the contact can be reached; without a contact, the account's own."""
    if contact_id is None:
        account = Account.objects.only("phone_key", "email").get(pk=account_id)
        return [address for address in (account.email.lower(), account.phone_key) if address]
    emails = ContactEmail.objects.filter(contact_id=contact_id).values_list("address", flat=True)
    phones = ContactPhone.objects.filter(contact_id=contact_id).values_list("number", flat=True)
    return [*emails, *phones]


def deny(*, account_id: int, contact_id: int | None, activity_id: int, said: str, at: datetime, by: Actor) -> list[str]:
    """Mark every address as not to be contacted; returns them."""
    addresses = sorted(set(addresses_of(account_id=account_id, contact_id=contact_id)))
    source = _source(activity_id)
    people = () if contact_id is None else (contact_id,)
    words = [
        Word(each, ALL, ConsentStatus.REVOKED, source=source, evidence=said[:2_000], contact_ids=people)
        for each in addresses
    ]
    consent.record(words=words, at=at, by=by)
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [addresses, activity_id])
    return addresses


def lift(*, activity_id: int, at: datetime, by: Actor) -> list[str]:
    """Take back what logging this activity denied, where nothing was said since: what stood before stands again.

    Raises RefusalStands unless whoever noted it does so at once.
    """
    lifted = []
    denied = _denied_by(activity_id)
    lock_addresses(denied)
    ours = ConsentEvent.objects.filter(source=_source(activity_id), address__in=denied)
    for address in sorted({event.address for event in ours}):
        said = ConsentEvent.objects.filter(address=address, channel=ALL)
        latest = said.order_by("-captured_at", "-recorded_at", "-pk")[0]
        if latest.source != _source(activity_id):
            continue
        consent.check_can_retract(latest, at=at, by=by)
        consent.take_back([latest], at=at, by=by)
        lifted.append(address)
    return lifted


def _denied_by(activity_id: int) -> list[str]:
    found = Activity.objects.filter(pk=activity_id).values_list("data", flat=True).first() or {}
    return list(found.get("denied", []))


def _source(activity_id: int) -> str:
    return f"activity {activity_id}"
