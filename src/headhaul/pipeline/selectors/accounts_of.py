"""Whose an opportunity is, for rooms below that only know its number."""

from __future__ import annotations

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, NotFound


class AccountsOfOpportunities:
    """Fills the activities' port: an opportunity is seen with its account, and by its own owner."""

    def account_of(self, opportunity_id: int, *, by: Actor) -> int:
        """The account of an opportunity that this actor sees."""
        condition, parameters = scope_of(by).condition("a")
        found = fetch(
            "select a.id from pipeline_opportunity o join accounts_account a on a.id = o.account_id"
            f" where o.id = %s and ({condition} or o.owner_id = %s)",
            [opportunity_id, *parameters, by.user_id],
        )
        if not found:
            raise NotFound(f"There is no opportunity {opportunity_id}.", fields={"opportunityId": "unknown"})
        return int(found[0]["id"])
