"""What can be done with accounts."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.schemas import (
    AccountDetail,
    AccountOpened,
    AccountRow,
    AccountsPage,
    AssignAccount,
    CreateAccount,
    GetAccount,
    GetTopProspects,
    ListAccounts,
    OpenFromSignal,
    Search,
    SearchResult,
    TagAccount,
    Tags,
    TakeAccount,
    TopProspects,
    UpdateAccount,
)
from headhaul.accounts.selectors import accounts as reading
from headhaul.accounts.selectors import prospects, searching
from headhaul.accounts.services import editing, ownership, signals, tags
from headhaul.kernel import Call, InvalidData, Role, action


def _of_account(given: Any, answer: Any) -> tuple[str, str]:
    """The account an action was about, for the audit."""
    key = getattr(answer, "id", None) or getattr(given, "account_id", "")
    return "account", str(key)


def _of_opening(given: OpenFromSignal, answer: AccountOpened | None) -> tuple[str, str]:
    return ("account", str(answer.account.id)) if answer else ("carrier", str(given.dot_number))


@action("listAccounts", reply="accountsLoaded", role=Role.VIEWER)
def list_accounts(call: Call, data: ListAccounts) -> AccountsPage:
    """Accounts, filtered and sorted, a page at a time."""
    return reading.list_page(asked=data, by=call.actor, at=call.at)


@action("getAccount", reply="accountLoaded", role=Role.VIEWER)
def get_account(call: Call, data: GetAccount) -> AccountDetail:
    """One account, by its id or USDOT number, with its latest changes."""
    if (data.account_id is None) == (data.dot_number is None):
        raise InvalidData("Name the account by accountId or by dotNumber.", fields={"accountId": "one of the two"})
    return reading.detail(account_id=data.account_id, dot_number=data.dot_number, by=call.actor, at=call.at)


@action("createAccount", reply="accountCreated", role=Role.REP, writes=True, target=_of_account)
def create_account(call: Call, data: CreateAccount) -> AccountRow:
    """Enter an account by hand; with a USDOT number the census fills what is left out."""
    if data.name is None and data.dot_number is None:
        raise InvalidData("An account needs a name or a USDOT number.", fields={"name": "missing"})
    values = data.model_dump(exclude={"mine"}, exclude_none=True)
    owner_id = call.actor.user_id if data.mine else None
    account = editing.create(values=values, owner_id=owner_id, at=call.at, by=call.actor)
    return reading.row(account_id=account.pk, at=call.at)


@action("updateAccount", reply="accountUpdated", role=Role.REP, writes=True, target=_of_account)
def update_account(call: Call, data: UpdateAccount) -> AccountRow:
    """Change fields of an account, unless somebody changed it since it was read."""
    values = data.model_dump(exclude={"account_id", "version"}, exclude_none=True)
    account = editing.lock(data.account_id, by=call.actor, version=data.version)
    editing.apply(account=account, values=editing.completed(values, at=call.at), at=call.at, by=call.actor)
    return reading.row(account_id=account.pk, at=call.at)


@action("openFromSignal", reply="accountOpened", role=Role.REP, writes=True, target=_of_opening)
def open_from_signal(call: Call, data: OpenFromSignal) -> AccountOpened:
    """Open an account for a carrier of the signals; if there is one already, that one is the answer."""
    owner_id = call.actor.user_id if data.mine else None
    opened = signals.open_prospect(dot_number=data.dot_number, owner_id=owner_id, at=call.at, by=call.actor)
    row = reading.row(account_id=opened.account.pk, at=call.at)
    return AccountOpened(account=row, created=opened.created)


@action("assignAccount", reply="accountAssigned", role=Role.MANAGER, writes=True, target=_of_account)
def assign_account(call: Call, data: AssignAccount) -> AccountRow:
    """Give an account to somebody, or to nobody."""
    ownership.assign(
        account_id=data.account_id, owner_id=data.owner_id, version=data.version, at=call.at, by=call.actor
    )
    return reading.row(account_id=data.account_id, at=call.at)


@action("takeAccount", reply="accountTaken", role=Role.REP, writes=True, target=_of_account)
def take_account(call: Call, data: TakeAccount) -> AccountRow:
    """Make an account that nobody has one's own."""
    ownership.take(account_id=data.account_id, at=call.at, by=call.actor)
    return reading.row(account_id=data.account_id, at=call.at)


@action("addTag", reply="tagAdded", role=Role.REP, writes=True, target=_of_account)
def add_tag(call: Call, data: TagAccount) -> Tags:
    """Put a tag on an account."""
    words = tags.add(account_id=data.account_id, tag=data.tag, at=call.at, by=call.actor)
    return Tags(account_id=data.account_id, tags=words)


@action("removeTag", reply="tagRemoved", role=Role.REP, writes=True, target=_of_account)
def remove_tag(call: Call, data: TagAccount) -> Tags:
    """Take a tag off an account."""
    return Tags(account_id=data.account_id, tags=tags.remove(account_id=data.account_id, tag=data.tag, by=call.actor))


@action("getTopProspects", reply="topProspectsLoaded", role=Role.VIEWER)
def get_top_prospects(call: Call, data: GetTopProspects) -> TopProspects:
    """The ranked list: the best carriers of the current signals that are not clients, with the reasons."""
    return prospects.top(asked=data, by=call.actor, at=call.at)


@action("search", reply="searchLoaded", role=Role.VIEWER)
def search(call: Call, data: Search) -> SearchResult:
    """Accounts and carriers by USDOT number, its first digits, or a part of the name."""
    return searching.search(asked=data, by=call.actor)
