"""What merging people does to consent: a denial that one of them spoke holds for the person, at every address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.compliance.choices import RETRACTION, ConsentChannel, ConsentStatus, Scope
from headhaul.compliance.services import consent, mirroring, suppression
from headhaul.compliance.services.consent import Word
from headhaul.compliance.services.locking import lock_addresses
from headhaul.kernel import Actor

MERGE = "merge"

_ADDRESSES = """
select address, true as is_mail from accounts_contactemail where contact_id = any(%(ids)s)
union select number, false from accounts_contactphone where contact_id = any(%(ids)s) order by 1
"""
_STANDING = """
select distinct on (e.address, e.channel) e.id, e.address, e.channel, e.status, e.source, e.recorded_at
from compliance_consentevent e where e.address = any(%s)
order by e.address, e.channel, e.recorded_at desc, e.id desc
"""


@dataclass(frozen=True, slots=True)
class Carried:
    """A denial that another address gets, and what stood there before."""

    address: str
    channel: str
    status: str
    before: str
    because: str


def carried(*, contact_ids: Sequence[int]) -> list[Carried]:
    """The denials that the addresses of all these contacts get when they are one person.

    "Do not contact" goes to every address; a denial of e-mail to every e-mail address, of calls and texts to every
    number.
    """
    found = fetch(_ADDRESSES, {"ids": list(contact_ids)})
    kinds = {row["address"]: row["is_mail"] for row in found}
    standing = {(row["address"], row["channel"]): row["status"] for row in fetch(_STANDING, [list(kinds)])}
    denials: dict[str, tuple[str, str]] = {}
    for (address, channel), status in sorted(standing.items()):
        if ConsentStatus(status).denies:
            denials.setdefault(channel, (address, status))
    return [
        Carried(address, channel, status, standing.get((address, channel), ConsentStatus.UNKNOWN.value), because)
        for channel, (because, status) in denials.items()
        for address, is_mail in kinds.items()
        if _reaches(channel, is_mail)
        and not ConsentStatus(standing.get((address, channel), ConsentStatus.UNKNOWN)).denies
    ]


def _reaches(channel: str, is_mail: bool) -> bool:
    return channel == ConsentChannel.ALL or (channel == ConsentChannel.EMAIL) is is_mail


def carry(denials: Sequence[Carried], *, at: datetime, by: Actor) -> list[dict[str, Any]]:
    """Write the denials down; returns them as a merge record keeps them."""
    words = [
        Word(
            address=each.address,
            channel=ConsentChannel(each.channel),
            status=ConsentStatus(each.status),
            source=MERGE,
            evidence=f"said at {each.because}, an address of the same person",
        )
        for each in denials
    ]
    consent.record(words=words, at=at, by=by)
    return [asdict(each) for each in denials]


def carry_denials(entity: str, *, winner: Mapping[str, Any], losers: Sequence[Mapping[str, Any]], at: datetime,
                  by: Actor) -> None:  # fmt: skip
    """What was denied of the losers, by their number or their USDOT number, holds for the winner. For good."""
    scope = Scope(entity)
    for loser in losers:
        suppression.carry(scope=scope, old=str(loser["id"]), new=str(winner["id"]), at=at, by=by)
        number = loser.get("dot_number")
        if number and number != winner.get("dot_number"):
            suppression.carry(scope=Scope.DOT, old=str(number), new=str(winner["id"]), into=Scope.ACCOUNT, at=at, by=by)


def give_back(denials: Sequence[Mapping[str, Any]], *, merged_at: datetime, at: datetime, by: Actor) -> list[str]:
    """Put back what stood before the merge, wherever nobody said anything since; returns what stays, in words."""
    lock_addresses(each["address"] for each in denials)
    last = {(row["address"], row["channel"]): row for row in fetch(_STANDING, [[each["address"] for each in denials]])}
    kept = []
    for each in denials:
        now = last.get((each["address"], each["channel"]))
        if now is None or now["source"] != MERGE or now["recorded_at"] != merged_at:
            kept.append(f"{each['address']}: what was said about {each['channel']} since the merge stays")
            continue
        word = Word(
            address=each["address"],
            channel=ConsentChannel(each["channel"]),
            status=ConsentStatus(each["before"]),
            source=RETRACTION,
            evidence="carried over by a merge that was taken back",
        )
        mirroring.take_back([now["id"]], at=at, by=by)
        consent.record(words=[word], at=at, by=by)
    return kept
