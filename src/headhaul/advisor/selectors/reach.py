"""Whom to reach at an account, by which channel they allow, and whether it is a decent hour there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headhaul.accounts.choices import Channel
from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel.addresses import phone_key

FROM_HOUR, TO_HOUR = 8, 21

_ACCOUNTS = """
select a.id, a.name, a.dot_number, a.city, a.state, a.phone, a.phone_key, a.timezone, a.owner_id, x.score_hundredths,
       x.driver_count, p.last_touch_at
from accounts_account a join accounts_accountscore x on x.account_id = a.id
join accounts_accountpulse p on p.account_id = a.id where a.id = any(%s)
"""
_CONTACTS = """
select distinct on (asked.account_id) asked.account_id as asked, c.id, c.name, c.title, c.is_decision_maker,
       c.preferred_channel, c.timezone,
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
_STANDING = """
select distinct on (e.address, e.channel) e.address, e.channel, e.status
from compliance_consentevent e where e.address = any(%s)
order by e.address, e.channel, e.recorded_at desc, e.id desc
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """How to get through to somebody, or why not."""

    channel: Channel | None
    address: str
    refusal: str
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


def standing(addresses: Sequence[str]) -> dict[str, dict[str, str]]:
    """What counts now, by address and channel."""
    found: dict[str, dict[str, str]] = {}
    for row in fetch(_STANDING, [list(addresses)]) if addresses else []:
        found.setdefault(row["address"], {})[row["channel"]] = row["status"]
    return found


def reach(
    account: Mapping[str, Any],
    contact: Mapping[str, Any] | None,
    said: Mapping[str, Mapping[str, str]],
    *,
    at: datetime,
) -> Reach:
    """The channel they prefer if it is allowed, else a call, else an e-mail; a text only to who opted in."""
    person = contact or {"email": None, "phone": account["phone_key"] or None, "preferred_channel": "", "timezone": ""}
    addresses = {Channel.CALL: person["phone"], Channel.EMAIL: person["email"], Channel.SMS: person["phone"]}
    order = sorted(addresses, key=lambda channel: channel != person["preferred_channel"])
    allowed = [channel for channel in order if _allows(channel, addresses[channel], said)]
    channel = allowed[0] if allowed else None
    known = any(addresses.values())
    refusal = "" if channel else "they asked not to be contacted" if known else "no address is known"
    zone = person["timezone"] or account["timezone"]
    local = _local(zone, at)
    return Reach(
        channel=channel,
        address=addresses[channel] or "" if channel else "",
        refusal=refusal,
        zone=zone if local else "",
        local_time=f"{local:%H:%M}" if local else "",
        is_open_now=FROM_HOUR <= local.hour < TO_HOUR if local else None,
    )


def _allows(channel: Channel, address: str | None, said: Mapping[str, Mapping[str, str]]) -> bool:
    if not address:
        return False
    of_address = said.get(address, {})
    if any(of_address.get(key) in ("opted_out", "revoked") for key in (channel.value, "all")):
        return False
    return channel is not Channel.SMS or of_address.get("sms") == "opted_in"


def _local(zone: str, at: datetime) -> datetime | None:
    try:
        return at.astimezone(ZoneInfo(zone)) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
