"""What can be done with accounts."""

from __future__ import annotations

import uuid
from typing import Any

from headhaul.accounts.choices import CustomEntity, MergeEntity
from headhaul.accounts.ports.deals import WentBack, open_deals
from headhaul.accounts.schemas.accounts import (
    AccountAssigned,
    AccountDetail,
    AccountOpened,
    AccountRemoved,
    AccountRow,
    AssignAccount,
    ChangesPage,
    CreateAccount,
    GetAccount,
    GetChanges,
    GetSimilarAccounts,
    OpenFromSignal,
    RemoveAccount,
    RestoreAccount,
    SimilarAccounts,
    TagAccount,
    Tags,
    TakeAccount,
    UpdateAccount,
)
from headhaul.accounts.schemas.duplicates import AccountEntered, DuplicateCandidate
from headhaul.accounts.schemas.words import given
from headhaul.accounts.selectors import accounts as reading
from headhaul.accounts.selectors import changes, merged, similar
from headhaul.accounts.services import custom, duplicates, editing, ownership, removal, reversing, signals, tags
from headhaul.kernel import Call, InvalidData, NotFound, Role, action


def _of_account(given: Any, answer: Any) -> tuple[str, str]:
    """The account an action was about, for the audit."""
    key = getattr(answer, "id", None) or getattr(given, "account_id", "")
    return "account", str(key)


def _of_opening(given: OpenFromSignal, answer: AccountOpened | None) -> tuple[str, str]:
    return ("account", str(answer.account.id)) if answer else ("carrier", str(given.dot_number))


@action("getAccount", reply="accountLoaded", role=Role.VIEWER)
def get_account(call: Call, data: GetAccount) -> AccountDetail:
    """One account, by its id or USDOT number, with its latest changes."""
    if (data.account_id is None) == (data.dot_number is None):
        raise InvalidData("Name the account by accountId or by dotNumber.", fields={"accountId": "one of the two"})
    try:
        return reading.detail(account_id=data.account_id, dot_number=data.dot_number, by=call.actor, at=call.at)
    except NotFound:
        if data.account_id is None:
            raise
        raise merged.missing(entity=MergeEntity.ACCOUNT, record_id=data.account_id, by=call.actor) from None


@action("getChanges", reply="changesLoaded", role=Role.VIEWER)
def get_changes(call: Call, data: GetChanges) -> ChangesPage:
    """Who changed what of an account or contact, from what to what, when and by which door."""
    return changes.of(asked=data, by=call.actor)


@action("getSimilarAccounts", reply="similarAccountsLoaded", role=Role.VIEWER)
def get_similar_accounts(call: Call, data: GetSimilarAccounts) -> SimilarAccounts:
    """Accounts of the same size class that are near and run the same equipment, each with what both share."""
    return similar.similar(account_id=data.account_id, limit=data.limit, by=call.actor)


@action("createAccount", reply="accountCreated", role=Role.REP, writes=True, target=_of_account, undo="removeAccount")
def create_account(call: Call, data: CreateAccount) -> AccountEntered:
    """Enter an account by hand; with a USDOT number the census fills what is left out.

    What looks very much like an account that is there is refused unless `allowDuplicate` says that it is another one;
    weaker likenesses come back as `possibleDuplicates`.
    """
    if data.name is None and data.dot_number is None:
        raise InvalidData("An account needs a name or a USDOT number.", fields={"name": "missing"})
    custom.validated(CustomEntity.ACCOUNT, data.custom or {}, is_new=True)
    owner_id = ownership.first_owner(owner_id=data.owner_id, team_id=data.team_id, mine=data.mine, by=call.actor)
    account = editing.create(
        values=data.model_dump(exclude={"mine", "owner_id", "team_id", "allow_duplicate"}, exclude_none=True),
        owner_id=owner_id,
        team_id=data.team_id,
        at=call.at,
        by=call.actor,
        source=call.door.value,
        batch_id=call.batch_id or "",
    )
    alike = duplicates.check_entered(duplicates.like_account(account, by=call.actor), allowed=data.allow_duplicate)
    call.undo_with("removeAccount", {"accountId": account.pk, "version": account.version})
    row = reading.row(account_id=account.pk, at=call.at)
    return AccountEntered(**dict(row), possible_duplicates=[DuplicateCandidate.of(one) for one in alike])


@action("updateAccount", reply="accountUpdated", role=Role.REP, writes=True, target=_of_account, undo="updateAccount")
def update_account(call: Call, data: UpdateAccount) -> AccountRow:
    """Change fields of an account, unless somebody changed it since it was read."""
    account = editing.lock(data.account_id, by=call.actor, version=data.version)
    before = reversing.values_of(account)
    editing.apply(
        account=account,
        values=given(data, "account_id", "version"),
        at=call.at,
        by=call.actor,
        source=call.door.value,
        batch_id=call.batch_id or "",
    )
    if account.version != data.version:
        call.undo_with("updateAccount", reversing.back_to(before, account))
    return reading.row(account_id=account.pk, at=call.at)


@action(
    "removeAccount", reply="accountRemoved", role=Role.MANAGER, writes=True, target=_of_account, undo="restoreAccount"
)
def remove_account(call: Call, data: RemoveAccount) -> AccountRemoved:
    """Remove an account that nothing hangs on: no contacts, activities or opportunities. It can be restored."""
    account = removal.remove_account(account_id=data.account_id, version=data.version, at=call.at, by=call.actor)
    call.undo_with("restoreAccount", {"accountId": data.account_id})
    return AccountRemoved(id=data.account_id, name=account.name)


@action(
    "restoreAccount", reply="accountRestored", role=Role.MANAGER, writes=True, target=_of_account, undo="removeAccount"
)
def restore_account(call: Call, data: RestoreAccount) -> AccountRow:
    """Bring back an account that was removed in the last 30 days, under its id, with tags and history."""
    account = removal.restore_account(account_id=data.account_id, by=call.actor)
    call.undo_with("removeAccount", {"accountId": account.pk, "version": account.version})
    return reading.row(account_id=account.pk, at=call.at)


@action("openFromSignal", reply="accountOpened", role=Role.REP, writes=True, target=_of_opening, undo="removeAccount")
def open_from_signal(call: Call, data: OpenFromSignal) -> AccountOpened:
    """Open an account for a carrier of the signals; if there is one already, that one is the answer."""
    owner_id = call.actor.user_id if data.mine else None
    opened = signals.open_prospect(dot_number=data.dot_number, owner_id=owner_id, at=call.at, by=call.actor)
    if opened.created:
        call.undo_with("removeAccount", {"accountId": opened.account.pk, "version": opened.account.version})
    row = reading.row(account_id=opened.account.pk, at=call.at)
    return AccountOpened(account=row, created=opened.created)


@action(
    "assignAccount", reply="accountAssigned", role=Role.MANAGER, writes=True, target=_of_account, undo="assignAccount"
)
def assign_account(call: Call, data: AssignAccount) -> AccountAssigned:
    """Give an account to somebody, or to nobody; its team becomes the owner's unless one is named.

    With `withOpenDeals` its open opportunities go along, as far as the caller may write them, and back with the undo.
    """
    before = editing.lock(data.account_id, by=call.actor, version=data.version)
    batch_id, went = uuid.uuid4().hex, 0
    if data.with_open_deals:  # before it changes hands: afterwards the caller may not see it any more
        went = open_deals().go_along(
            account_ids=[before.pk], owner_id=data.owner_id, batch_id=batch_id, at=call.at, by=call.actor
        )
    account = ownership.assign(
        account_id=data.account_id,
        owner_id=data.owner_id,
        team_id=data.team_id if "team_id" in data.model_fields_set else ownership.OWNERS_TEAM,
        at=call.at,
        by=call.actor,
        source=call.door.value,
        batch_id=call.batch_id or "",
    )
    back = WentBack()
    if data.deals_batch_id:
        back = open_deals().go_back(
            batch_id=data.deals_batch_id, as_batch=batch_id, at=call.at, by=call.actor, account_id=before.pk
        )
    moved = went + back.returned
    if account.version != before.version or moved:
        inverse = ownership.back_to(before, version=account.version)
        call.undo_with("assignAccount", inverse | ({"dealsBatchId": batch_id} if moved else {}))
    row = reading.row(account_id=data.account_id, at=call.at)
    return AccountAssigned(
        **dict(row), deals_moved=moved, deals_batch_id=batch_id if moved else "", undo_note=back.note
    )


@action("takeAccount", reply="accountTaken", role=Role.REP, writes=True, target=_of_account, undo="assignAccount")
def take_account(call: Call, data: TakeAccount) -> AccountRow:
    """Make an account that nobody has one's own."""
    before = editing.lock(data.account_id, by=call.actor)
    account = ownership.take(account_id=data.account_id, at=call.at, by=call.actor, source=call.door.value)
    if account.version != before.version:
        call.undo_with("assignAccount", ownership.back_to(before, version=account.version))
    return reading.row(account_id=data.account_id, at=call.at)


@action("addTag", reply="tagAdded", role=Role.REP, writes=True, target=_of_account, undo="removeTag")
def add_tag(call: Call, data: TagAccount) -> Tags:
    """Put a tag on an account."""
    before = tags.of_account(data.account_id)
    words = tags.add(account_id=data.account_id, tag=data.tag, at=call.at, by=call.actor)
    if words != before:
        call.undo_with("removeTag", {"accountId": data.account_id, "tag": tags.normal(data.tag)})
    return Tags(account_id=data.account_id, tags=words)


@action("removeTag", reply="tagRemoved", role=Role.REP, writes=True, target=_of_account, undo="addTag")
def remove_tag(call: Call, data: TagAccount) -> Tags:
    """Take a tag off an account."""
    before = tags.of_account(data.account_id)
    words = tags.remove(account_id=data.account_id, tag=data.tag, by=call.actor)
    if words != before:
        call.undo_with("addTag", {"accountId": data.account_id, "tag": tags.normal(data.tag)})
    return Tags(account_id=data.account_id, tags=words)
