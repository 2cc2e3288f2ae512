"""Where an activity belongs: an account that the writer sees, a contact of that account, an opportunity of it."""

from __future__ import annotations

from dataclasses import dataclass

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.activities import ports
from headhaul.activities.errors import ContactGone
from headhaul.activities.schemas.common import Named
from headhaul.kernel import Actor, InvalidData, NotFound

# The locks hold off a removal or a merge until this transaction ends: nothing is attached to what goes away meanwhile.
_PLACE = """
with person as materialized (
    select c.id, c.name, c.account_id from accounts_contact c where c.id = %s for key share
)
select a.id, a.name, {condition} as is_seen, p.id as contact_id, p.name as contact_name, p.account_id as contact_at
from accounts_account a left join person p on true
where a.id = coalesce(%s::bigint, (select account_id from person))
for key share of a
"""


@dataclass(frozen=True, slots=True)
class Place:
    """The account, and with it the contact and the opportunity, if there are."""

    account: Named
    contact: Named | None = None
    opportunity_id: int | None = None


def place(*, account_id: int | None, contact_id: int | None, opportunity_id: int | None, by: Actor) -> Place:
    """Find and hold them. NotFound for an account that the actor does not see, ContactGone for a contact that left."""
    if account_id is None and contact_id is None and opportunity_id is None:
        raise InvalidData("Say with whom: accountId, contactId or opportunityId.", fields={"accountId": "missing"})
    of_deal = None if opportunity_id is None else ports.opportunities().account_of(opportunity_id, by=by)
    condition, parameters = ("true", []) if of_deal is not None else scope_of(by).condition("a")
    asked = account_id if account_id is not None else (None if contact_id is not None else of_deal)
    rows = fetch(_PLACE.format(condition=condition), [contact_id, *parameters, asked])
    if not rows and account_id is None and contact_id is not None:
        raise _gone(contact_id)
    if not rows or not rows[0]["is_seen"]:
        raise NotFound("There is no such account.", fields={"accountId" if account_id else "contactId": "unknown"})
    return _checked(rows[0], contact_id=contact_id, opportunity_id=opportunity_id, of_deal=of_deal)


def _checked(
    row: dict[str, object], *, contact_id: int | None, opportunity_id: int | None, of_deal: int | None
) -> Place:
    account = Named(id=int(str(row["id"])), name=str(row["name"]))
    if of_deal not in (None, account.id):
        raise InvalidData(
            f"Opportunity {opportunity_id} is of another account.", fields={"opportunityId": f"account {of_deal}"}
        )
    if contact_id is None:
        return Place(account, None, opportunity_id)
    if row["contact_id"] is None:
        raise _gone(contact_id)
    if row["contact_at"] != account.id:
        raise InvalidData(
            f"{row['contact_name']} is not a contact of {account.name}.",
            fields={"contactId": "a contact of this account, or leave accountId out"},
        )
    return Place(account, Named(id=contact_id, name=str(row["contact_name"])), opportunity_id)


def _gone(contact_id: int) -> ContactGone:
    return ContactGone(
        f"Contact {contact_id} was removed or merged into another. Open the account again and pick the person there.",
        fields={"contactId": "no longer there"},
    )
