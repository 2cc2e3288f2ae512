"""What help is for: an opportunity or account, as far as the reader sees it, with its stage, segment and region."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, NotFound
from headhaul.pipeline.selectors.scopes import seen

_OPPORTUNITY = """
select d.id, d.account_id, d.name, d.owner_id, s.key as stage_key, a.segment, a.region, a.state, a.name as account_name
from pipeline_opportunity d join pipeline_stage s on s.id = d.stage_id join accounts_account a on a.id = d.account_id
where {where}
"""
_ACCOUNT = "select a.segment, a.region, a.name as account_name from accounts_account a where {where}"


def of_opportunity(opportunity_id: int, *, by: Actor, lock: bool = False) -> dict[str, Any]:
    """The opportunity's stage, segment and region. `lock` keeps it from being removed meanwhile."""
    narrowed = Conditions()
    seen(narrowed, by=by)
    narrowed.add("d.id = %s", opportunity_id)
    sql = _OPPORTUNITY.format(where=narrowed.where) + (" for key share of d" if lock else "")
    found = fetch(sql, narrowed.parameters)
    if not found:
        raise NotFound(f"There is no opportunity {opportunity_id}.", fields={"opportunityId": "one that you see"})
    return found[0]


def of_account(account_id: int, *, by: Actor) -> dict[str, Any]:
    """The account's segment and region."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("a.id = %s", account_id)
    found = fetch(_ACCOUNT.format(where=narrowed.where), narrowed.parameters)
    if not found:
        raise NotFound(f"There is no account {account_id}.", fields={"accountId": "one that you see"})
    return found[0]
