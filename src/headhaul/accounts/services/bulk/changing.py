"""Changing many accounts or contacts at once: which, to what, all in one transaction and by sets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import REGION_NAMES, CustomEntity
from headhaul.accounts.ports.deals import open_deals
from headhaul.accounts.schemas.bulk import AccountChanges, ContactChanges
from headhaul.accounts.selectors.lists.custom import definitions
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.services import custom as custom_values
from headhaul.accounts.services.bulk import batches, tagging, telling
from headhaul.accounts.services.bulk.subjects import CUSTOM, Subject
from headhaul.accounts.services.ownership import check_can_own
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound
from headhaul.security.models import Team, User

MOST = 250_000  # what one transaction does in reasonable time; larger views are refused and have to be narrowed


class CountChanged(Conflict):
    """Another number of rows matches than whoever asked had seen."""

    code = "count_changed"


@dataclass(frozen=True, slots=True)
class Batch:
    """What was changed under one id."""

    id: str
    matched: int
    changed: int
    full_of_tags: int = 0
    deals: int = 0


def chosen(
    *, subject: Subject, source: str, narrowed: Conditions, keys: Sequence[int] | None, expected: int | None
) -> list[int]:
    """The rows that are meant, held until the transaction ends, in one order for everybody."""
    alias = subject.alias if subject.entity == "account" else "c"
    if keys is not None:
        narrowed.add(f"{alias}.id = any(%s)", list(set(keys)))
    wanted = f"select {alias}.id from {source} where {narrowed.where} order by {alias}.id limit {MOST + 1}"
    found = [row["id"] for row in fetch(f"{wanted} for update of {alias}", narrowed.parameters)]
    if len(found) > MOST:
        raise InvalidData(
            f"More than {MOST:,} match. Narrow the view and change it in parts.", fields={"filters": "too many match"}
        )
    if expected is not None and len(found) != expected:
        raise CountChanged(
            f"{len(found):,} match now, not {expected:,}. Look at the list again, then repeat the change.",
            fields={"expectedCount": f"{len(found)} match now"},
        )
    if not found:
        raise NotFound("None of these is there.", fields={"filters": "nothing matches"})
    return found


def account_values(changes: AccountChanges) -> dict[str, Any]:
    """The plain values by field of the history; InvalidData for an owner, team or region that is none."""
    given = changes.model_fields_set
    for name in ("status", "segment", "region"):
        if name in given and getattr(changes, name) is None:
            raise InvalidData(f"An account always has a {name}.", fields={f"changes.{name}": "not null"})
    values: dict[str, Any] = {name: str(getattr(changes, name)) for name in ("status", "segment") if name in given}
    if changes.region is not None:
        if changes.region not in REGION_NAMES:
            raise InvalidData("There is no such region.", fields={"changes.region": ", ".join(REGION_NAMES)})
        values["region"] = changes.region
    if "owner_id" in given:
        if changes.owner_id is not None:
            check_can_own(User.objects.filter(pk=changes.owner_id).first())
        values["owner"] = changes.owner_id
    if "team_id" in given:
        if changes.team_id is not None and not Team.objects.filter(pk=changes.team_id, is_active=True).exists():
            raise InvalidData("There is no such team.", fields={"changes.teamId": "an active team"})
        values["team"] = changes.team_id
    return values | _custom("account", changes.custom)


def contact_values(changes: ContactChanges) -> dict[str, Any]:
    """The plain values by field of the history."""
    plain = {name: getattr(changes, name) for name in ("is_decision_maker", "has_left", "role", "buying_role")}
    words = {name: str(value) if isinstance(value, str) else value for name, value in plain.items()}
    return {name: value for name, value in words.items() if value is not None} | _custom("contact", changes.custom)


def change(
    *,
    subject: Subject,
    keys: Sequence[int],
    values: Mapping[str, Any],
    add_tags: Sequence[str] = (),
    remove_tags: Sequence[str] = (),
    with_open_deals: bool = False,
    at: datetime,
    by: Actor,
) -> Batch:
    """Make the rows so: history first, rows from it, tags last. Rows that are so already are not touched.

    `with_open_deals`: the open deals of accounts that get another owner go along, under the batch's id.
    """
    if not (values or add_tags or remove_tags):
        raise InvalidData("Name what is to change.", fields={"changes": "empty"})
    if with_open_deals and "owner" not in values:
        raise InvalidData("Say to whom they go.", fields={"changes.ownerId": "needed beside withOpenDeals"})
    batch_id, went = uuid.uuid4().hex, 0
    if with_open_deals:  # before the accounts change hands: afterwards the actor may not see them any more
        went = open_deals().go_along(account_ids=keys, owner_id=values["owner"], batch_id=batch_id, at=at, by=by)
    batches.note(subject=subject, keys=keys, values=values, batch_id=batch_id, at=at, by=by)
    batches.carry_out(subject=subject, batch_id=batch_id, at=at)
    if subject.entity == "account":
        telling.tell(batch_id=batch_id, fields=values, at=at, by=by)
    elif "has_left" in values:
        telling.tell_left(batch_id=batch_id, at=at, by=by)
    tagging.remove(keys=keys, tags=remove_tags, batch_id=batch_id, at=at, by=by)
    full = tagging.add(keys=keys, tags=add_tags, batch_id=batch_id, at=at, by=by)
    counted = fetch(
        f"select count(distinct {subject.key}) as n from accounts_fieldchange where batch_id = %s", [batch_id]
    )
    return Batch(batch_id, len(keys), int(counted[0]["n"]), full, went)


def _custom(entity: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    cleared = [key for key, value in asked.items() if value is None]
    known = definitions(entity) if cleared else {}
    for key in cleared:
        if key not in known:
            raise InvalidData("There is no custom field of that key.", fields={f"custom.{key}": "unknown"})
    kept = custom_values.validated(CustomEntity(entity), asked)  # which keeps a required one from being cleared
    return {CUSTOM + key: value for key, value in kept.items()}
