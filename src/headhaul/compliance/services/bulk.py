"""Consent for many addresses at once: what was said before, and what is said now. Append-only, as ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.selectors import denials, facts
from headhaul.compliance.services import mirroring, suppression
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import Actor


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said about being reached at an address."""

    address: str
    channel: ConsentChannel
    status: ConsentStatus
    source: str
    captured_at: datetime
    basis: str = ""
    contact_ids: tuple[int, ...] = ()  # who said it: what they refuse is denied of them, too, wherever they are found


def standing(addresses: Iterable[str]) -> dict[tuple[str, str], tuple[str, datetime]]:
    """The latest status and when it was said, by (address, channel). A refusal that was lifted, or will be within a
    day, is none: whoever says no again says something new.
    """
    wanted = list(addresses)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct on (address, channel) address, channel, status, captured_at, id"
            " from compliance_consentevent where address = any(%s)"
            " order by address, channel, recorded_at desc, id desc",
            [wanted],
        )
        rows = cursor.fetchall()
    lifted = facts.lifted_refusals({row[0] for row in rows if ConsentStatus(row[2]).denies})
    return {(address, channel): (status, at) for address, channel, status, at, key in rows if key not in lifted}


def record_many(*, statements: Sequence[Statement], by: Actor, at: datetime) -> int:
    """Write them down, each a row of its own; how many."""
    made = ConsentEvent.objects.bulk_create(
        ConsentEvent(
            address=each.address,
            channel=each.channel.value,
            status=each.status.value,
            basis=each.basis,
            source=each.source,
            captured_at=each.captured_at,
            recorded_at=at,
            captured_by_id=by.user_id,
        )
        for each in statements
    )
    people = {row.pk: each.contact_ids for row, each in zip(made, statements, strict=True)}
    mirroring.deny(made, people=people, at=at, by=by)
    return len(statements)


def deny_people(*, refused: Iterable[tuple[int, ConsentChannel, str]], by: Actor, at: datetime) -> int:
    """Deny contacts what is refused of their address already, each with its channel and source; how many were not yet.

    A list that is brought again, or was brought before people were denied beside their address, says nothing new of
    the address, and yet of the person.
    """
    wanted = dict.fromkeys(refused)
    known = denials.reasons(addresses=[], contacts={contact for contact, _, _ in wanted}, at=at)
    missing = [
        Denial(Scope.CONTACT, str(contact), channel, SuppressionReason.OPT_OUT, source)
        for contact, channel, source in wanted
        if (channel.value, SuppressionReason.OPT_OUT.value) not in known.get((Scope.CONTACT.value, str(contact)), ())
    ]
    return len(suppression.add_many(denials=missing, at=at, by=by, notes=False)) if missing else 0
