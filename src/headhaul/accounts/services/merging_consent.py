"""What merging people does to denials: what speaks against one of them holds for the person, at every address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.selectors import denials as reading
from headhaul.compliance.services import consent, suppression
from headhaul.compliance.services.locking import lock_addresses
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import Actor

MERGE = "merge"
OF_ONE_ADDRESS = frozenset({SuppressionReason.HARD_BOUNCE.value, SuppressionReason.REASSIGNED.value})
"""Facts about an address, and no words of whoever has it."""

_ADDRESSES = """
select address from accounts_contactemail where contact_id = any(%(ids)s)
union select number from accounts_contactphone where contact_id = any(%(ids)s) order by 1
"""


@dataclass(frozen=True, slots=True)
class Carried:
    """A denial that another address of the person gets, or the contact itself, and of what it was known before."""

    scope: str
    key: str
    channel: str
    reason: str
    because: str


def carried(*, contact_ids: Sequence[int], at: datetime) -> list[Carried]:
    """The denials that these contacts get when they are one person, the first of them.

    "Do not contact" goes to every address; a denial of e-mail to every e-mail address, of calls and texts to every
    number: whatever was denied for whatever reason, except what is known of one address alone. What was denied of a
    contact is denied of the one that stays.
    """
    addresses = [row["address"] for row in fetch(_ADDRESSES, {"ids": list(contact_ids)})]
    standing = reading.reasons(addresses=addresses, contacts=contact_ids, at=at)
    winner = str(contact_ids[0])
    found = []
    for scope, keys in ((Scope.ADDRESS, addresses), (Scope.CONTACT, [winner])):
        union: dict[tuple[str, str], str] = {}
        for (where, key), against in sorted(standing.items()):
            for channel, reason in against if where == scope else ():
                union.setdefault((channel, reason), key)
        found += [
            Carried(scope.value, key, channel, reason, because)
            for (channel, reason), because in sorted(union.items())
            for key in keys
            if reason not in OF_ONE_ADDRESS
            and (scope is Scope.CONTACT or suppression.is_reached(channel, key))
            and (channel, reason) not in standing.get((scope.value, key), ())
        ]
    return found


def kept(denials: Sequence[Carried]) -> list[dict[str, Any]]:
    """As a merge record keeps them."""
    return [asdict(each) for each in denials]


def carry(denials: Sequence[Carried], *, merge_id: int, at: datetime, by: Actor) -> None:
    """Write them down, so that the merge can take them back, and nothing else."""
    rows = [
        Denial(
            Scope(each.scope),
            each.key,
            ConsentChannel(each.channel),
            SuppressionReason(each.reason),
            _source(merge_id),
            f"said of {each.because}, the same person",
        )
        for each in denials
    ]
    suppression.add_many(denials=rows, at=at, by=by, notes=False)


def carry_of_accounts(*, winner: Mapping[str, Any], losers: Sequence[Mapping[str, Any]], merge_id: int, at: datetime,
                      by: Actor) -> None:  # fmt: skip
    """What was denied of the losers, by their number or their USDOT number, holds for the account that stays."""
    new, source = str(winner["id"]), _source(merge_id)
    for loser in losers:
        suppression.carry(scope=Scope.ACCOUNT, old=str(loser["id"]), new=new, source=source, at=at, by=by)
        number = loser.get("dot_number")
        if number and number != winner.get("dot_number"):
            suppression.carry(
                scope=Scope.DOT, old=str(number), new=new, into=Scope.ACCOUNT, source=source, at=at, by=by
            )


def give_back(
    denials: Sequence[Mapping[str, Any]],
    *,
    entity: str,
    merge_id: int,
    winner_id: int,
    loser_ids: Sequence[int],
    merged_at: datetime,
    at: datetime,
    by: Actor,
) -> list[str]:
    """Take back what the merge added; returns what was said since and stays, in words.

    What was denied meanwhile of the one that they were holds for all of them: nobody can tell of which it was said.
    """
    was_noted = [each for each in denials if "status" in each]
    now = [each for each in denials if "status" not in each]
    addresses = [each["key"] for each in now if each["scope"] == Scope.ADDRESS]
    lock_addresses([*addresses, *(each["address"] for each in was_noted)])
    stays = _unsay(was_noted, merged_at=merged_at, at=at, by=by)
    suppression.take_back(source=_source(merge_id), at=at, by=by)
    for loser_id in loser_ids:
        suppression.carry(scope=Scope(entity), old=str(winner_id), new=str(loser_id), since=merged_at, at=at, by=by)
    standing = reading.reasons(addresses=addresses, contacts=[winner_id], at=at)
    return stays + [
        f"{each['key']}: what was said about {each['channel']} since the merge stays"
        for each in now
        if (each["channel"], each["reason"]) in standing.get((each["scope"], each["key"]), ())
    ]


def _source(merge_id: int) -> str:
    return f"{suppression.MERGE}{merge_id}"


def _unsay(denials: Sequence[Mapping[str, Any]], *, merged_at: datetime, at: datetime, by: Actor) -> list[str]:
    """Of a merge that noted them as said, as merges did before: wherever nobody said anything since."""
    stays = []
    for each in denials:
        said = ConsentEvent.objects.filter(address=each["address"], channel=each["channel"])
        last = said.order_by("-recorded_at", "-pk").first()
        if last is None or last.source != MERGE or last.recorded_at != merged_at:
            stays.append(f"{each['address']}: what was said about {each['channel']} since the merge stays")
        else:
            consent.take_back([last], at=at, by=by)
    return stays
