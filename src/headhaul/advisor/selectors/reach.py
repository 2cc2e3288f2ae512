"""Whom to reach at an account, by which channel they allow, and whether it is a decent hour there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headhaul.accounts.choices import Channel
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.reaching import recipient_at
from headhaul.compliance.choices import Outcome
from headhaul.compliance.judging.words import Verdict
from headhaul.compliance.services import crowds
from headhaul.kernel import Actor, Recipient
from headhaul.kernel.addresses import phone_key

FROM_HOUR, TO_HOUR = 8, 21

_ACCOUNTS = """
select a.id, a.name, a.dot_number, a.city, a.state, a.phone, a.phone_key, a.timezone, a.owner_id, x.score_hundredths,
       x.driver_count, p.last_touch_at
from accounts_account a join accounts_accountscore x on x.account_id = a.id
join accounts_accountpulse p on p.account_id = a.id where a.id = any(%s)
"""
_CONTACTS = """
select distinct on (asked.account_id) asked.account_id as asked, c.id, c.account_id, c.name, c.title,
       c.is_decision_maker, c.preferred_channel, c.timezone,
       (select e.address from accounts_contactemail e
        where e.contact_id = c.id and e.validity not in ('invalid', 'bounced')
        order by e.is_primary desc, e.id limit 1) as email,
       (select n.number from accounts_contactphone n
        where n.contact_id = c.id and n.validity not in ('invalid', 'bounced')
        order by n.is_primary desc, n.id limit 1) as phone
from unnest(%(accounts)s::bigint[], %(contacts)s::bigint[]) as asked(account_id, contact_id)
cross join lateral (
    (select * from accounts_contact m where m.id = asked.contact_id and not m.has_left)
    union all
    (select * from accounts_contact o where o.account_id = asked.account_id and not o.has_left
     order by o.is_decision_maker desc, o.id limit 1)
) c
order by asked.account_id, (c.id = asked.contact_id) desc nulls last
"""
Way = tuple[int, Channel]
"""An account, and by which channel it would be reached."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How to get through to somebody, or why not."""

    channel: Channel | None
    address: str
    refusal: str
    wait: str  # why it may not be done now, in the judge's words; "" when it may
    possible_at: datetime | None  # when it may; None too while it waits for a person
    zone: str
    local_time: str  # 14:05, "" where nobody knows the zone
    is_open_now: bool | None


def accounts(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What a line of the queue says about its account."""
    rows = fetch(_ACCOUNTS, [list(ids)])
    return {row["id"]: row | {"phone_key": row["phone_key"] or phone_key(row["phone"])} for row in rows}


def contacts(wanted: Mapping[int, int | None]) -> dict[int, dict[str, Any]]:
    """By account, the person named for it; else the decision maker; else whoever was there first."""
    given = {"accounts": list(wanted), "contacts": list(wanted.values())}
    return {row["asked"]: row for row in fetch(_CONTACTS, given)}


def judged(
    accounts: Mapping[int, Mapping[str, Any]], people: Mapping[int, Mapping[str, Any]], *, at: datetime, by: Actor
) -> dict[Way, Verdict]:
    """What compliance would decide now, for each account and each channel on which there is an address.

    It is the same judge that is asked before anything leaves: what is named here is not refused there a moment later
    because of what they said.
    """
    asked: dict[Way, Recipient] = {}
    for key, account in accounts.items():
        person = people.get(key)
        for channel, address in addresses(account, person).items():
            if address and channel is not Channel.SMS:
                asked[key, channel] = recipient_at(
                    account_id=person["account_id"] if person else key,
                    contact_id=person["id"] if person else None,
                    channel=channel.value,
                    address=address,
                )
            if address and channel is Channel.CALL:
                asked[key, Channel.SMS] = replace(asked[key, channel], channel=Channel.SMS.value)
    found = crowds.judge_many(list(asked.values()), at=at, user_id=by.user_id)
    return dict(zip(asked, found, strict=True))


def addresses(account: Mapping[str, Any], person: Mapping[str, Any] | None) -> dict[Channel, str]:
    """Where each channel would reach them: the person's first usable address, or the account's telephone."""
    phone = (person["phone"] if person else account["phone_key"]) or ""
    return {Channel.CALL: phone, Channel.EMAIL: (person["email"] if person else "") or "", Channel.SMS: phone}


def reach(
    account: Mapping[str, Any],
    person: Mapping[str, Any] | None,
    verdicts: Mapping[Way, Verdict],
    *,
    at: datetime,
) -> Reach:
    """The channel they prefer if it is allowed, else a call, an e-mail, a text. What only has to wait is named with how
    long.
    """
    known = addresses(account, person)
    preferred = person["preferred_channel"] if person else ""
    order = sorted(known, key=lambda channel: channel != preferred)
    asked = {channel: verdicts[account["id"], channel] for channel in order if (account["id"], channel) in verdicts}
    channel = next((each for each, verdict in asked.items() if verdict.outcome is not Outcome.DENY), None)
    waits = asked[channel] if channel and asked[channel].outcome is Outcome.DEFER else None
    zone = (person["timezone"] if person else "") or account["timezone"]
    local = _local(zone, at)
    return Reach(
        channel=channel,
        address=known[channel] if channel else "",
        refusal="" if channel else _refusal(list(asked.values())),
        wait=waits.reasons[0].sentence if waits else "",
        possible_at=waits.until if waits else None,
        zone=zone if local else "",
        local_time=f"{local:%H:%M}" if local else "",
        is_open_now=FROM_HOUR <= local.hour < TO_HOUR if local else None,
    )


def _refusal(asked: Sequence[Verdict]) -> str:
    """Why nothing is allowed, in the judge's words: what stands against every way is said once."""
    said = dict.fromkeys(verdict.reasons[0].sentence for verdict in asked)
    return " ".join(said) if said else "No address is known."


def _local(zone: str, at: datetime) -> datetime | None:
    try:
        return at.astimezone(ZoneInfo(zone)) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
