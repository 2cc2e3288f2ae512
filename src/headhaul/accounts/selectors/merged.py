"""Where a record went that was merged into another one, and which ones became part of it."""

from __future__ import annotations

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.errors import MergedInto
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, NotFound

_NOW = """
with recursive way as (
    select new_id, 1 as n from accounts_mergedaway where entity = %(entity)s and old_id = %(id)s
    union all
    select m.new_id, way.n + 1 from way
    join accounts_mergedaway m on m.entity = %(entity)s and m.old_id = way.new_id where way.n < 100
)
select new_id from way order by n desc limit 1
"""
_FORMER = """
with recursive part as (
    select old_id, 1 as n from accounts_mergedaway where entity = %(entity)s and new_id = %(id)s
    union all
    select m.old_id, part.n + 1 from part
    join accounts_mergedaway m on m.entity = %(entity)s and m.new_id = part.old_id where part.n < 100
)
select old_id from part order by old_id
"""
_SOURCES = {
    MergeEntity.ACCOUNT: "select a.name from accounts_account a where a.id = %s",
    MergeEntity.CONTACT: "select c.name from accounts_contact c join accounts_account a on a.id = c.account_id"
    " where c.id = %s",
}


def now(*, entity: MergeEntity, old_id: int) -> int | None:
    """The id under which a merged-away record lives on."""
    rows = fetch(_NOW, {"entity": entity.value, "id": old_id})
    return int(rows[0]["new_id"]) if rows else None


def former_ids(*, entity: MergeEntity, record_id: int) -> list[int]:
    """The ids of all records that became part of this one: what named them speaks of it."""
    return [int(row["old_id"]) for row in fetch(_FORMER, {"entity": entity.value, "id": record_id})]


def missing(*, entity: MergeEntity, record_id: int, by: Actor) -> NotFound:
    """What to answer for a record that is not there: where it went, if the actor may see that, or that it is none."""
    new_id = now(entity=entity, old_id=record_id)
    if new_id is not None:
        seen = Conditions()
        visible(seen, by=by)
        found = fetch(f"{_SOURCES[entity]} and {seen.where}", [new_id, *seen.parameters])
        if found:
            said = f"This {entity} was merged into {found[0]['name']} (number {new_id}). Go on there."
            return MergedInto(said, entity=entity.value, new_id=new_id)
    return NotFound(f"There is no {entity} {record_id}.")
