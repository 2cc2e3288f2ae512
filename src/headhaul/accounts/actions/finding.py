"""What can be asked across accounts: whom to call, and where something is."""

from __future__ import annotations

from headhaul.accounts.schemas.accounts import GetTopProspects, Search, SearchResult, TopProspects
from headhaul.accounts.selectors import prospects, searching
from headhaul.kernel import Call, Role, action


@action("getTopProspects", reply="topProspectsLoaded", role=Role.VIEWER)
def get_top_prospects(call: Call, data: GetTopProspects) -> TopProspects:
    """The ranked list: the best carriers of the current signals that are not clients, with the reasons."""
    return prospects.top(asked=data, by=call.actor, at=call.at)


@action("search", reply="searchLoaded", role=Role.VIEWER)
def search(call: Call, data: Search) -> SearchResult:
    """Accounts, contacts and carriers by name, USDOT number or its first digits, telephone number, e-mail or domain."""
    return searching.search(asked=data, by=call.actor)
