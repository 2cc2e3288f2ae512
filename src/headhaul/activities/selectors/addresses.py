"""By which address somebody is reached: the contact's first, otherwise the account's own."""

from __future__ import annotations

from dataclasses import dataclass

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.activities.errors import ContactGone, NoAddress
from headhaul.kernel import Actor, NotFound

# What bounced or was called in vain is passed over; the first is the one marked as such.
_EMAIL = """
select m.address from accounts_contactemail m
where m.contact_id = c.id and m.validity not in ('invalid', 'bounced') order by m.is_primary desc, m.id limit 1
"""
_PHONE = """
select p.number || coalesce(nullif(';ext=' || p.extension, ';ext='), '') from accounts_contactphone p
where p.contact_id = c.id and p.validity not in ('invalid', 'bounced') order by p.is_primary desc, p.id limit 1
"""
_FIND = f"""
select a.name as account, a.phone_key, a.email as account_email, a.timezone as account_zone,
       c.id as contact_id, c.name as contact, c.timezone as contact_zone, c.timezone_source, ({_EMAIL}) as email,
       ({_PHONE}) as phone, a.timezone_source as account_zone_source
from accounts_account a left join accounts_contact c on c.account_id = a.id and c.id = %s
where a.id = %s and {{condition}}
"""


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody, their address for one channel, and their clock."""

    who: str
    address: str
    extension: str
    zone: str
    zone_source: str


def address_for(*, channel: str, account_id: int, contact_id: int | None, by: Actor) -> Reachable:
    """How they are reached on this channel. NoAddress says what is missing."""
    condition, parameters = scope_of(by).condition("a")
    rows = fetch(_FIND.format(condition=condition), [contact_id, account_id, *parameters])
    if not rows:
        raise NotFound("There is no such account.", fields={"accountId": "unknown"})
    row = rows[0]
    if contact_id is not None and row["contact_id"] is None:
        raise ContactGone(
            "There is no such contact at this account: it was removed, moved or merged.",
            fields={"contactId": "unknown"},
        )
    of_contact, of_account = (
        (row["email"], row["account_email"].lower())
        if channel == "email"
        else (
            row["phone"],
            row["phone_key"],
        )
    )
    found = of_contact if contact_id is not None else of_account
    who = row["contact"] if contact_id is not None else row["account"]
    if not found:
        missing = "e-mail address" if channel == "email" else "telephone number"
        raise NoAddress(f"No usable {missing} of {who} is known. Add one first.", fields={"contactId": missing})
    address, _, extension = found.partition(";ext=")
    is_own = contact_id is not None and bool(row["contact_zone"])
    zone = row["contact_zone"] if is_own else row["account_zone"]
    source = row["timezone_source"] if is_own else row["account_zone_source"]
    return Reachable(who, address, extension, zone or "", source or "")
