"""Changing many accounts or contacts at once, and taking that back."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.ports.lists import ListKind
from headhaul.accounts.schemas.bulk import (
    BulkUndone,
    BulkUpdateAccounts,
    BulkUpdateContacts,
    BulkUpdated,
    KeptValue,
    UndoBulkUpdate,
)
from headhaul.accounts.schemas.lists import AccountFilters, ContactFilters
from headhaul.accounts.selectors.lists import accounts, contacts, kinds, stored
from headhaul.accounts.services.bulk import changing, undoing
from headhaul.accounts.services.bulk.subjects import ACCOUNTS, CONTACTS
from headhaul.kernel import Call, InvalidData, Payload, Role, action


def _of_batch(given: Any, answer: Any) -> tuple[str, str]:
    return "batch", str(getattr(answer, "batch_id", None) or getattr(given, "batch_id", None) or "")


@action(
    "bulkUpdateAccounts",
    reply="accountsUpdated",
    role=Role.MANAGER,
    writes=True,
    target=_of_batch,
    undo="undoBulkUpdate",
)
def bulk_update_accounts(call: Call, data: BulkUpdateAccounts) -> BulkUpdated:
    """Change status, size class, region, owner, team, custom values and tags of many accounts, by id or by filter.

    With `withOpenDeals` the open opportunities of accounts that get another owner go along, as far as the caller may
    write them, and back with the undo.
    """
    asked = _asked(kinds.ACCOUNTS, data.account_ids, data.filters, "accountIds")
    assert isinstance(asked, AccountFilters)
    values = changing.account_values(data.changes)
    narrowed = accounts.narrow(asked, by=call.actor, at=call.at)
    keys = changing.chosen(
        subject=ACCOUNTS,
        source=narrowed.counted_in,
        narrowed=narrowed,
        keys=data.account_ids,
        expected=data.expected_count,
    )
    batch = changing.change(
        subject=ACCOUNTS,
        keys=keys,
        values=values,
        add_tags=data.changes.add_tags,
        remove_tags=data.changes.remove_tags,
        with_open_deals=data.with_open_deals,
        at=call.at,
        by=call.actor,
    )
    return _done(call, batch, data.account_ids)


@action(
    "bulkUpdateContacts",
    reply="contactsUpdated",
    role=Role.MANAGER,
    writes=True,
    target=_of_batch,
    undo="undoBulkUpdate",
)
def bulk_update_contacts(call: Call, data: BulkUpdateContacts) -> BulkUpdated:
    """Change role, part in the decision, decision maker, having left and custom values of many contacts."""
    asked = _asked(kinds.CONTACTS, data.contact_ids, data.filters, "contactIds")
    assert isinstance(asked, ContactFilters)
    values = changing.contact_values(data.changes)
    keys = changing.chosen(
        subject=CONTACTS,
        source=contacts.FROM,
        narrowed=contacts.narrow(asked, by=call.actor, at=call.at),
        keys=data.contact_ids,
        expected=data.expected_count,
    )
    batch = changing.change(subject=CONTACTS, keys=keys, values=values, at=call.at, by=call.actor)
    return _done(call, batch, data.contact_ids)


@action(
    "undoBulkUpdate",
    reply="bulkUpdateUndone",
    role=Role.MANAGER,
    writes=True,
    target=_of_batch,
    undo="undoBulkUpdate",
)
def undo_bulk_update(call: Call, data: UndoBulkUpdate) -> BulkUndone:
    """Take a bulk update back, value by value; what was changed since stays, and is named."""
    back = undoing.take_back(batch_id=data.batch_id, at=call.at, by=call.actor)
    if back.restored or back.deals.returned:
        call.undo_with("undoBulkUpdate", {"batchId": back.id})
    kept = f"{back.kept:,} {'was' if back.kept == 1 else 'were'} changed since and stayed." if back.kept else ""
    note = kept and f"{back.restored:,} {'value' if back.restored == 1 else 'values'} put back; {kept}"
    return BulkUndone(
        batch_id=back.id,
        restored=back.restored,
        kept=back.kept,
        kept_values=[KeptValue(**each) for each in back.kept_values],
        deals_returned=back.deals.returned,
        deals_kept=back.deals.kept,
        undo_note=" ".join(filter(None, (note, back.deals.note))),
    )


def _asked(kind: ListKind, keys: list[int] | None, filters: dict[str, Any] | None, name: str) -> Payload:
    if (keys is None) == (filters is None):
        raise InvalidData(f"Name the rows by {name}, or by the filters of a list.", fields={name: "one of the two"})
    return stored.strict(kind, filters or {})


def _done(call: Call, batch: changing.Batch, keys: list[int] | None) -> BulkUpdated:
    if batch.changed:
        call.undo_with("undoBulkUpdate", {"batchId": batch.id})
    return BulkUpdated(
        batch_id=batch.id,
        matched=batch.matched,
        changed=batch.changed,
        missing=0 if keys is None else len(set(keys)) - batch.matched,
        full_of_tags=batch.full_of_tags,
        deals_moved=batch.deals,
    )
