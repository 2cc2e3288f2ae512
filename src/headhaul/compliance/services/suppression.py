"""Denials: adding one is always possible and takes effect at once; lifting one takes an administrator and a day.

A denial is a (scope, key, channel, reason). It stands until a lift that was recorded after it takes effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from headhaul.compliance import hashing
from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.happening import Denied
from headhaul.compliance.happening import denials as port
from headhaul.compliance.models import ConsentEvent, Suppression
from headhaul.compliance.services.locking import lock_addresses
from headhaul.kernel import Actor, Conflict, Forbidden, InvalidData, NotFound, Role
from headhaul.kernel.addresses import email_key, mail_providers, phone_key, website_key

LIFT_DELAY = timedelta(hours=24)
_SAID = frozenset({SuppressionReason.OPT_OUT, SuppressionReason.DNC_REQUEST})  # by the recipient themselves
MIRROR = "consent:"
"""How the source of what mirrors a consent event begins: it goes when the event is taken back, so that each stands for
itself, and none of them stands for what the recipient says through a channel."""
MERGE = "merge:"
"""The same of what a merge carried over: it goes when the merge is taken apart."""
_Known = dict[tuple[str, ...], int]


class NotSuppressed(Conflict):
    """There is nothing left to lift."""

    code = "not_suppressed"


@dataclass(frozen=True, slots=True)
class Denial:
    """Whom not to reach, on which channel, and why."""

    scope: Scope
    key: str
    channel: ConsentChannel
    reason: SuppressionReason
    source: str
    evidence: str = ""


def add(
    *,
    scope: Scope,
    key: str,
    channel: ConsentChannel,
    reason: SuppressionReason,
    source: str,
    at: datetime,
    by: Actor,
    evidence: str = "",
) -> int:
    """Deny it from now on; the number of the row. The same denial for the same reason is there once."""
    denial = Denial(Scope(scope), key, ConsentChannel(channel), SuppressionReason(reason), source, evidence)
    return add_many(denials=[denial], at=at, by=by)[0]


def add_many(*, denials: Sequence[Denial], at: datetime, by: Actor, notes: bool = True) -> list[int]:
    """Deny all of them; the numbers of the rows, in order. `notes`: an opt-out of an address is noted as said, too.

    What stands only because somebody noted it is no reason to leave out what was said otherwise: the note may go.
    """
    checked = [_checked(denial) for denial in denials]
    lock_addresses(denial.key for denial in checked if denial.scope is Scope.ADDRESS)
    known = _standing(checked, at=at)
    new: dict[tuple[str, ...], Suppression] = {}
    for denial in checked:
        identity = _identity(denial)
        if _standing_of(denial, known) is None and identity not in new:
            new[identity] = _row(denial, at=at, by=by)
    for identity, row in zip(new, Suppression.objects.bulk_create(new.values(), batch_size=5_000), strict=True):
        known[identity] = row.pk
    if notes:
        _note(new.values(), at=at, by=by)
    _tell(new.values(), checked, at=at, by=by)
    return [found for denial in checked if (found := _standing_of(denial, known)) is not None]


def lift(*, suppression_id: int, why: str, evidence: str, at: datetime, by: Actor) -> tuple[int, datetime]:
    """Let the denial end in 24 hours; the number of the lift, and when. It can be denied again meanwhile."""
    if by.role is not Role.ADMIN:
        raise Forbidden("Only an administrator lifts a denial.")
    if not why.strip() or not evidence.strip():
        raise InvalidData(
            "Say why it ends, and what proves it.",
            fields={"why": "a sentence", "evidence": "their words, a letter, a form, a recording"},
        )
    row = Suppression.objects.filter(pk=suppression_id, is_lift=False).first()
    if row is None:
        raise NotFound("There is no such denial.", fields={"suppressionId": "see listSuppressions"})
    later = Suppression.objects.filter(
        scope=row.scope, key=row.key, key_hash=row.key_hash, channel=row.channel, reason=row.reason, pk__gt=row.pk
    )
    if later.filter(is_lift=True).exists():
        raise NotSuppressed("It is lifted already, or will be within a day.")
    made = _lift(row, source=why, evidence=evidence, effective_at=at + LIFT_DELAY, at=at, by=by)
    return made.pk, made.effective_at


def take_back(*, source: str, at: datetime, by: Actor) -> int:
    """End at once what was noted under this source by mistake and is taken back now; how many.

    For the mirror of a consent event that a person noted wrongly, and of a merge that is undone. Never for what the
    recipient said through a channel: the same denial from elsewhere goes on. Hold the addresses before.
    """
    return _end(f"{_ACTIVE} and d.source = %(source)s", {"source": source}, said=source, at=at, by=by)


def welcome_back(
    *,
    address: str,
    channel: ConsentChannel,
    evidence: str,
    source: str,
    at: datetime,
    by: Actor,
    said_by: str = "",
    contact_ids: Sequence[int] = (),
    said_at: datetime | None = None,
) -> int:
    """End the opt-out of an address because its owner asked for it there themselves; how many. START, a form of theirs.

    Nothing else that speaks against the address is touched, also no word against every way. `said_by`: only what was
    said that way, by how its source begins. `contact_ids`: whose address it is; their own opt-out ends with it, and
    what was said at another address of theirs stands there. `said_at`: when they asked, where that is not now; what was
    denied since stands.
    """
    lock_addresses([address])
    of_owner = (
        f"{_ACTIVE} and (d.scope = 'address' and d.key_hash = any(%(hashes)s)"
        " or d.scope = 'contact' and d.key = any(%(people)s))"
        " and d.channel = %(channel)s and d.reason = 'opt_out' and starts_with(d.source, %(said_by)s)"
    ) + (" and d.effective_at < %(said_at)s" if said_at is not None else "")
    found = {
        "hashes": hashing.hashes_of(address),
        "people": [str(contact_id) for contact_id in contact_ids],
        "channel": channel.value,
        "said_by": said_by,
        "said_at": said_at,
    }
    return _end(of_owner, found, said=source, evidence=evidence, at=at, by=by)


def is_of(key: int, *, source: str, at: datetime) -> bool:
    """Whether a denial was made by this source at this moment, or had been there before."""
    return Suppression.objects.filter(pk=key, source=source, recorded_at=at).exists()


def deny_forgotten(
    *,
    key_hash: str,
    channel: ConsentChannel,
    source: str,
    at: datetime,
    by: Actor,
    reason: SuppressionReason = SuppressionReason.OPT_OUT,
) -> int:
    """Deny an address of which only the hash is left, because its owner asked to be forgotten and now unsubscribes,
    complains, or is not there any more.
    """
    lock_addresses([key_hash])
    known = _active_of([key_hash], [], at=at + LIFT_DELAY)
    identity = (Scope.ADDRESS.value, key_hash, channel.value, reason.value, "")
    if identity in known:
        return known[identity]
    return Suppression.objects.create(
        scope=Scope.ADDRESS,
        key="",
        key_hash=key_hash,
        channel=channel,
        reason=reason,
        source=source,
        effective_at=at,
        recorded_at=at,
        recorded_by_id=by.user_id,
    ).pk


def carry(
    *,
    scope: Scope,
    old: str,
    new: str,
    at: datetime,
    by: Actor,
    into: Scope | None = None,
    source: str = "",
    since: datetime | None = None,
) -> int:
    """Where one record takes the place of another, what was denied of the old holds for the new; how many.

    `source`: by what it can be taken back, with `take_back`. `since`: only what was denied after that.
    """
    rows = _denied_of(scope, [old], at=at, since=since)
    denials = [
        Denial(
            into or scope,
            new,
            ConsentChannel(channel),
            SuppressionReason(reason),
            source or f"{MERGE} {scope.value} {old}",
            evidence,
        )
        for channel, reason, evidence in rows
    ]
    return len(add_many(denials=denials, at=at, by=by))


def leave_with_addresses(*, contact_ids: Sequence[int], addresses: Sequence[str], at: datetime, by: Actor) -> int:
    """What is denied of a person who is to be forgotten is denied of each of their addresses; how many.

    The number of a contact says nothing of whoever is entered anew: by an address they are known again.
    """
    denials = [
        Denial(Scope.ADDRESS, address, ConsentChannel(channel), SuppressionReason(reason), "denied of the person")
        for channel, reason, _ in _denied_of(Scope.CONTACT, [str(key) for key in contact_ids], at=at)
        for address in addresses
        if is_reached(channel, address) and _key(Scope.ADDRESS, address)[0]
    ]
    return len(add_many(denials=denials, at=at, by=by, notes=False))


def is_reached(channel: str, address: str) -> bool:
    """Whether a channel goes to an address of this kind."""
    return channel == ConsentChannel.ALL or (channel == ConsentChannel.EMAIL) is ("@" in address)


def _denied_of(
    scope: Scope, keys: Sequence[str], *, at: datetime, since: datetime | None = None
) -> list[tuple[str, str, str]]:
    later = " and d.recorded_at > %(since)s" if since is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_ACTIVE} and d.scope = %(scope)s and d.key = any(%(keys)s){later} order by d.id",
            {"scope": scope.value, "keys": list(keys), "at": at, "since": since},
        )
        return [(channel, reason, evidence) for _, _, _, channel, reason, evidence, _ in cursor.fetchall()]


# A denial ends by the first lift of the same that was recorded after it and is in effect.
_ACTIVE = """
select d.id, d.scope, coalesce(nullif(d.key_hash, ''), d.key), d.channel, d.reason, d.evidence, d.source
from compliance_suppression d
where not d.is_lift and d.effective_at <= %(at)s and not exists (
    select from compliance_suppression l
    where l.is_lift and l.scope = d.scope and l.key = d.key and l.key_hash = d.key_hash and l.channel = d.channel
      and l.reason = d.reason and l.id > d.id and l.effective_at <= %(at)s)
"""


def _tell(rows: Iterable[Suppression], asked: Sequence[Denial], *, at: datetime, by: Actor) -> None:
    """Whoever plans to reach them hears of it in this transaction, by the key as it was said."""
    said = {_identity(denial): denial.key for denial in asked}
    told = [
        Denied(row.reason, row.scope, said.get(_identity_of(row), row.key), row.channel, at, by)
        for row in rows
        if port.is_wanted(row.reason)
    ]
    if told:
        port.tell(told)


def _identity_of(row: Suppression) -> tuple[str, ...]:
    return (row.scope, row.key_hash or row.key, row.channel, row.reason, _noted_by(row.source))


def _standing(denials: Iterable[Denial], *, at: datetime) -> _Known:
    """Which of these stand already and are not about to end, by what makes them one."""
    found = list(denials)
    hashes = [hashing.hash_of(denial.key) for denial in found if denial.scope is Scope.ADDRESS]
    keys = [denial.key for denial in found if denial.scope is not Scope.ADDRESS]
    return _active_of(hashes, keys, at=at + LIFT_DELAY)


def _active_of(hashes: Sequence[str], keys: Sequence[str], *, at: datetime) -> _Known:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_ACTIVE} and (d.key_hash = any(%(hashes)s) or d.scope <> 'address' and d.key = any(%(keys)s))",
            {"at": at, "hashes": list(hashes), "keys": list(keys)},
        )
        return {(*row[1:5], _noted_by(row[6])): row[0] for row in cursor.fetchall()}


def _standing_of(denial: Denial, known: Mapping[tuple[str, ...], int]) -> int | None:
    """The row that makes adding this one needless: one that nobody takes back, or this very note."""
    identity = _identity(denial)
    return known.get((*identity[:-1], ""), known.get(identity))


def _identity(denial: Denial) -> tuple[str, ...]:
    key = hashing.hash_of(denial.key) if denial.scope is Scope.ADDRESS else denial.key
    return (denial.scope.value, key, denial.channel.value, denial.reason.value, _noted_by(denial.source))


def _noted_by(source: str) -> str:
    """The consent event that a denial mirrors, or the merge it came by, as its source names it; "" of its own."""
    return source if source.startswith((MIRROR, MERGE)) else ""


def _row(denial: Denial, *, at: datetime, by: Actor) -> Suppression:
    return Suppression(
        scope=denial.scope.value,
        key=denial.key,
        key_hash=hashing.hash_of(denial.key) if denial.scope is Scope.ADDRESS else "",
        channel=denial.channel.value,
        reason=denial.reason.value,
        source=denial.source,
        evidence=denial.evidence,
        effective_at=at,
        recorded_at=at,
        recorded_by_id=by.user_id,
    )


def _note(rows: Iterable[Suppression], *, at: datetime, by: Actor) -> None:
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            address=row.key,
            channel=row.channel,
            status=ConsentStatus.OPTED_OUT,
            source=row.source,
            evidence=row.evidence,
            captured_at=at,
            recorded_at=at,
            captured_by_id=by.user_id,
        )
        for row in rows
        if row.scope == Scope.ADDRESS and row.reason in _SAID
    )


def _end(sql: str, found: Mapping[str, Any], *, said: str, at: datetime, by: Actor, evidence: str = "") -> int:
    """Lift what is found. A lift ends the same denial from everywhere, so what was not meant is said again after it."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {**found, "at": at})
        keys = [row[0] for row in cursor.fetchall()]
    stays: dict[int, Suppression] = {}
    ended = list(Suppression.objects.filter(pk__in=keys).order_by("pk"))
    for row in ended:
        stays |= {other.pk: other for other in _same_as(row, at=at) if other.pk not in keys}
    for row in ended:
        _lift(row, source=said, evidence=evidence, effective_at=at, at=at, by=by)
    for other in stays.values():
        other.pk, other.effective_at, other.recorded_at = None, at, at
    Suppression.objects.bulk_create(stays.values())
    return len(keys)


def _same_as(row: Suppression, *, at: datetime) -> Iterable[Suppression]:
    """What a lift of this would end as well, also what another machine's clock has take effect in a moment."""
    names = ("scope", "key", "key_hash", "channel", "reason")
    same = Suppression.objects.filter(**{name: getattr(row, name) for name in names})
    ended = same.filter(is_lift=True, effective_at__lte=at).aggregate(last=Max("pk"))["last"] or 0
    return same.filter(is_lift=False, pk__gt=ended).order_by("pk")


def _lift(
    row: Suppression, *, source: str, evidence: str, effective_at: datetime, at: datetime, by: Actor
) -> Suppression:
    return Suppression.objects.create(
        scope=row.scope,
        key=row.key,
        key_hash=row.key_hash,
        channel=row.channel,
        is_lift=True,
        reason=row.reason,
        source=source,
        evidence=evidence,
        effective_at=effective_at,
        recorded_at=at,
        recorded_by_id=by.user_id,
    )


def _checked(denial: Denial) -> Denial:
    key, wanted = _key(denial.scope, denial.key.strip())
    if not key:
        raise InvalidData(f"This cannot be denied: the key has to be {wanted}.", fields={"key": wanted})
    if not denial.source:
        raise InvalidData("Say where it was said.", fields={"source": "for example: phone call, STOP by text"})
    if denial.scope is Scope.DOMAIN and key in mail_providers():
        said = f"Half the country has its mail at {key}. Deny single addresses there."
        raise InvalidData(said, fields={"key": "a company's own domain"})
    return Denial(denial.scope, key, denial.channel, denial.reason, denial.source, denial.evidence)


def _key(scope: Scope, key: str) -> tuple[str, str]:
    """The key in one spelling, or nothing; and what it has to be."""
    if scope is Scope.ADDRESS:
        return email_key(key) if "@" in key else phone_key(key), "an e-mail address or a telephone number"
    if scope is Scope.DOMAIN:
        return website_key(key), "an e-mail domain such as example.com"
    number = key.lstrip("0")
    return number if number.isascii() and number.isdigit() else "", "a number"
