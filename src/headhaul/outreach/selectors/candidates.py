"""Who is to be enrolled: everything that decides about each of them, in a few queries for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import AccountStatus
from headhaul.accounts.deriving import Zone, plausible, zones_of_account
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.scoping import visible
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.selectors import denials
from headhaul.kernel import Actor
from headhaul.outreach.choices import LIVE_ENROLMENTS, Channel, SkipReason
from headhaul.outreach.selectors.plans import Plan

_KNOWN = """
select c.id, c.account_id, c.name, c.has_left, c.erased_at is not null as is_erased,
       array[c.timezone, c.timezone_source, c.timezone_confidence] as zone, a.status, a.owner_id,
       a.dot_number, a.domain, a.zip, a.state, a.phone_key,
       array[a.timezone, a.timezone_source, a.timezone_confidence] as account_zone,
       array(select e.address from accounts_contactemail e
             where e.contact_id = c.id and e.validity <> 'invalid' order by e.is_primary desc, e.id) as emails,
       array(select p.number from accounts_contactphone p
             where p.contact_id = c.id and p.validity <> 'invalid' order by p.is_primary desc, p.id) as phones,
       n.round, coalesce(n.is_live, false) as is_live
from accounts_contact c join accounts_account a on a.id = c.account_id
left join (select contact_id, max(round) as round, bool_or(state = any(%s)) as is_live
           from outreach_enrolment where sequence_id = %s group by 1) n on n.contact_id = c.id
where {where} order by c.id
"""
_SUPPRESSION_CHANNEL = {Channel.EMAIL: "email", Channel.SMS: "sms", Channel.CALL: "call"}


@dataclass(slots=True)
class Candidate:
    """Somebody who may be enrolled, or why not."""

    contact_id: int
    account_id: int
    name: str
    owner_id: int | None
    emails: list[str]
    phones: list[str]
    zones: tuple[str, ...]
    round: int
    reason: SkipReason | None = None
    channels: list[Channel] = field(default_factory=list)  # on which a step could reach them now


def load(contact_ids: Sequence[int], *, plan: Plan, again: bool, at: datetime, by: Actor) -> list[Candidate]:
    """Each contact that this actor sees, by id, with why not to enrol them."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("c.id = any(%s)", list(contact_ids))
    live = sorted(str(state) for state in LIVE_ENROLMENTS)
    rows = fetch(_KNOWN.format(where=narrowed.where), [live, plan.sequence_id, *narrowed.parameters])
    found = [_candidate(row, again=again) for row in rows]
    _judge([one for one in found if one.reason is None], rows, plan, at=at)
    return found


def _candidate(row: Mapping[str, Any], *, again: bool) -> Candidate:
    """A sequence's own hours are a wish of ours, so that a zone which a person set decides about them."""
    of_account = zones_of_account(
        zone=Zone(*row["account_zone"]),
        zip_code=row["zip"],
        state=row["state"],
        phone=row["phone_key"],
        trusts_people=True,
    )
    zones = plausible(zone=Zone(*row["zone"]), phones=row["phones"], account_zones=of_account, trusts_people=True)
    return Candidate(
        contact_id=row["id"],
        account_id=row["account_id"],
        name=row["name"],
        owner_id=row["owner_id"],
        emails=row["emails"],
        phones=row["phones"],
        zones=zones,
        round=(row["round"] or 0) + 1,
        reason=_plain_reason(row, again=again),
    )


def _plain_reason(row: Mapping[str, Any], *, again: bool) -> SkipReason | None:
    if row["is_erased"]:
        return SkipReason.ERASED
    if row["is_live"]:
        return SkipReason.ALREADY_IN
    if row["round"] and not again:
        return SkipReason.WAS_IN
    if row["has_left"]:
        return SkipReason.HAS_LEFT
    if row["status"] == AccountStatus.CLIENT:
        return SkipReason.CLIENT
    return SkipReason.NOT_A_FIT if row["status"] == AccountStatus.NOT_A_FIT else None


def _judge(candidates: Sequence[Candidate], rows: Iterable[Mapping[str, Any]], plan: Plan, *, at: datetime) -> None:
    """On which channels they can be reached at all: an address, no denial, and the opt-in that texts and calls need."""
    of_contact = {row["id"]: row for row in rows}
    addresses = {address for one in candidates for address in (*one.emails, *one.phones)}
    said = denials.said(addresses, at=at)
    denied = denials.Standing.load(
        addresses=addresses,
        contacts=[one.contact_id for one in candidates],
        accounts={one.account_id for one in candidates},
        dots={dot for one in candidates if (dot := of_contact[one.contact_id]["dot_number"])},
        at=at,
    )
    for one in candidates:
        _judge_one(one, of_contact[one.contact_id]["dot_number"], plan, said, denied)


def _judge_one(
    one: Candidate, dot: int | None, plan: Plan, said: Mapping[tuple[str, str], str], denied: denials.Standing
) -> None:
    has_address = has_refusal = False
    for channel in plan.channels:
        address = next(iter(one.emails if channel is Channel.EMAIL else one.phones), "")
        if not address:
            continue
        has_address = True
        word = _SUPPRESSION_CHANNEL[channel]
        statuses = {said.get((address, word)), said.get((address, ConsentChannel.ALL.value))}
        refused = bool(statuses & {ConsentStatus.OPTED_OUT.value, ConsentStatus.REVOKED.value})
        if refused or denied.hits(address, word, one.contact_id, one.account_id, dot):
            has_refusal = True
        elif channel is Channel.EMAIL or said.get((address, word)) == ConsentStatus.OPTED_IN:
            one.channels.append(channel)
    if not has_address:
        one.reason = SkipReason.NO_ADDRESS
    elif not one.channels:
        one.reason = SkipReason.SUPPRESSED if has_refusal else SkipReason.NO_CONSENT


def zones_of(contact_id: int) -> tuple[str, ...]:
    """The zones in which a contact may be."""
    found = fetch(_KNOWN.format(where="c.id = %s"), [[], 0, contact_id])
    return _candidate(found[0], again=True).zones if found else ()
