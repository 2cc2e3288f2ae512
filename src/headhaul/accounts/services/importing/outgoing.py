"""Accounts and contacts by the plan's column names, for another system."""

from __future__ import annotations

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch
from headhaul.compliance.choices import ConsentStatus
from headhaul.compliance.services import bulk

_ACCOUNTS = """
select a.id, a.dot_number as carrier_dot, a.name as carrier_name, a.status, a.segment, a.region, a.fleet_size, a.source,
       u.email as owner_id
from accounts_account a left join security_user u on u.id = a.owner_id
where a.id > %s::bigint order by a.id limit %s::int
"""
_CONTACTS = """
select c.id, c.account_id, c.name, c.role, e.address as email, p.number as phone, c.timezone, c.preferred_channel
from accounts_contact c
left join accounts_contactemail e on e.contact_id = c.id and e.is_primary
left join accounts_contactphone p on p.contact_id = c.id and p.is_primary
where c.id > %s::bigint order by c.id limit %s::int
"""


def accounts(*, after: int, limit: int) -> list[Leaving]:
    """The next accounts."""
    return [Leaving(row.pop("id"), row) for row in fetch(_ACCOUNTS, [after, limit])]


def contacts(*, after: int, limit: int) -> list[Leaving]:
    """The next contacts, with what their first addresses say about being reached."""
    rows = fetch(_CONTACTS, [after, limit])
    said = bulk.standing({address for row in rows for address in (row["email"], row["phone"]) if address})
    leaving = []
    for row in rows:
        statuses = {
            ConsentStatus(status)
            for (address, _), (status, _) in said.items()
            if address in (row["email"], row["phone"])
        }
        by_mail = said.get((row["email"] or "", "email"))
        row["consent_status"] = _one(statuses, mail=by_mail[0] if by_mail else "")
        row["account_id"] = ("account", row["account_id"])
        leaving.append(Leaving(row.pop("id"), row))
    return leaving


def _one(statuses: set[ConsentStatus], *, mail: str) -> str:
    """One word for all channels: a no anywhere is a no, a yes to e-mail a yes."""
    if any(status.denies for status in statuses):
        return "opted_out"
    return "opted_in" if mail == ConsentStatus.OPTED_IN else "unknown"
