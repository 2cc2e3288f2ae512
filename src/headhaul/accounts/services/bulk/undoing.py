"""Taking a batch back: what is still as the batch left it becomes what it was; what was changed since stays."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headhaul.accounts.ports.deals import WentBack, open_deals
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.bulk import batches, tagging, telling
from headhaul.accounts.services.bulk.subjects import ACCOUNTS, CONTACTS, SUBJECTS
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, NotFound, Role

SHOWN = 100

# As sets: asking for each value whether it was put back would take the square of their number.
_KEPT = """
select k.account_id, k.contact_id, coalesce(p.name, a.name) as name, k.field
from (
    select account_id, contact_id, field from accounts_fieldchange where batch_id = %s and field <> %s
    except
    select account_id, contact_id, field from accounts_fieldchange where batch_id = %s
    order by 1, 2, 3 limit %s
) k join accounts_account a on a.id = k.account_id left join accounts_contact p on p.id = k.contact_id
order by k.account_id, k.contact_id, k.field
"""
_VALUES = "select count(*) as n from accounts_fieldchange where batch_id = %s and field <> %s"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The batch that took it back, how many values it restored, and those that stay (the first of them)."""

    id: str
    restored: int
    kept: int
    kept_values: list[dict[str, Any]]
    deals: WentBack


def take_back(*, batch_id: str, at: datetime, by: Actor) -> TakenBack:
    """Put back every value that is still as the batch left it. NotFound for a batch that is not one's to take back."""
    first = fetch(
        "select contact_id, changed_by_id from accounts_fieldchange where batch_id = %s and source = %s limit 1",
        [batch_id, batches.SOURCE],
    )
    if not first or not _may(first[0]["changed_by_id"], by):
        raise NotFound("There is no such batch.", fields={"batchId": "batchId of a bulk update"})
    subject = SUBJECTS[(ACCOUNTS if first[0]["contact_id"] is None else CONTACTS).entity]
    inverse = uuid.uuid4().hex
    batches.hold_rows_of(subject=subject, batch_id=batch_id)
    batches.note_inverse(subject=subject, batch_id=batch_id, inverse_id=inverse, at=at, by=by)
    batches.carry_out(subject=subject, batch_id=inverse, at=at)
    if subject is SUBJECTS[CONTACTS.entity]:
        telling.tell_left(batch_id=inverse, at=at, by=by)
    tagging.take_back(batch_id=batch_id, inverse_id=inverse, at=at, by=by)
    deals = open_deals().go_back(batch_id=batch_id, as_batch=inverse, at=at, by=by)
    put_back = _count(_VALUES, [inverse, batches.TAG])
    kept = _count(_VALUES, [batch_id, batches.TAG]) - put_back  # tags come and go whatever else happened
    return TakenBack(
        id=inverse,
        restored=_count("select count(*) as n from accounts_fieldchange where batch_id = %s", [inverse]),
        kept=kept,
        kept_values=fetch(_KEPT, [batch_id, batches.TAG, inverse, SHOWN]) if kept else [],
        deals=deals,
    )


def _may(user_id: int | None, actor: Actor) -> bool:
    """Whoever did it, or a manager who sees their accounts."""
    is_manager = actor.role is not None and actor.role.allows(Role.MANAGER)
    return (user_id is not None and user_id == actor.user_id) or (is_manager and scope_of(actor).sees_work_of(user_id))


def _count(sql: str, parameters: list[Any]) -> int:
    return int(fetch(sql, parameters)[0]["n"])
