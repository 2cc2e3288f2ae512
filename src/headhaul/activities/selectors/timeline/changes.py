"""Values that changed: one entry for a save, and one a week for all that machines refreshed."""

from __future__ import annotations

from typing import Any

from headhaul.activities.ports import Branch, Wanted
from headhaul.kernel import Actor

KINDS = frozenset({"change"})
_PERSON = "json_build_object('id', u.id, 'name', coalesce(nullif(u.name, ''), u.email))"
_CONTACT = "case when c.id is not null then json_build_object('id', c.id, 'name', c.name) end"
# Owners and teams are kept by id and read by name.
_SAID = """case when f.field = 'owner' and jsonb_typeof({0}) = 'number' then (
        select to_jsonb(coalesce(nullif(p.name, ''), p.email)) from security_user p where p.id = ({0})::bigint)
    when f.field = 'team' and jsonb_typeof({0}) = 'number' then (
        select to_jsonb(p.name) from security_team p where p.id = ({0})::bigint)
    else {0} end"""

_SAVE = f"""
select json_build_object('contact', {_CONTACT}, 'actor', {_PERSON}, 'source', last.source, 'changes', (
    select json_agg(json_build_object(
        'field', f.field, 'old', {_SAID.format("f.old")}, 'new', {_SAID.format("f.new")}) order by f.id)
    from accounts_fieldchange f
    where f.account_id = last.account_id and f.recorded_at = last.recorded_at
      and f.changed_by_id = last.changed_by_id and f.contact_id is not distinct from last.contact_id))
from accounts_fieldchange last
join security_user u on u.id = last.changed_by_id
left join accounts_contact c on c.id = last.contact_id
where last.id = k.id
"""
_REFRESH = f"""
select json_build_object('contact', {_CONTACT}, 'changes', (
    select json_agg(json_build_object('field', g.field, 'old', g.old, 'new', g.new, 'count', g.n) order by g.field)
    from (
        select f.field, (array_agg({_SAID.format("f.old")} order by f.recorded_at, f.id))[1] as old,
               (array_agg({_SAID.format("f.new")} order by f.recorded_at desc, f.id desc))[1] as new, count(*) as n
        from accounts_fieldchange f
        where f.account_id = last.account_id and f.changed_by_id is null
          and f.contact_id is not distinct from last.contact_id
          and f.recorded_at >= date_trunc('week', last.recorded_at, 'UTC')
          and f.recorded_at < date_trunc('week', last.recorded_at, 'UTC') + interval '7 days'
        group by f.field
    ) g))
from accounts_fieldchange last
left join accounts_contact c on c.id = last.contact_id
where last.id = k.id
"""


# An entry stands where the last row of its group stands, so that a page reads an index and stops; nothing is grouped.
_SAME = "g.account_id = f.account_id and g.contact_id is not distinct from f.contact_id"
_OF_SAVE = f"{_SAME} and g.recorded_at = f.recorded_at and g.changed_by_id = f.changed_by_id"
_OF_WEEK = f"""{_SAME} and g.changed_by_id is null
    and g.recorded_at >= date_trunc('week', f.recorded_at, 'UTC')
    and g.recorded_at < date_trunc('week', f.recorded_at, 'UTC') + interval '7 days'"""


def _of(wanted: Wanted, group: str) -> Branch:
    branch = Branch("accounts_fieldchange f", at="f.recorded_at", id="f.id")
    branch.add("f.account_id = %s", wanted.account_id)
    if wanted.contact_id is not None:
        branch.add("f.contact_id = %s", wanted.contact_id)
    branch.add(
        f"not exists (select from accounts_fieldchange g where {group}"
        " and (g.recorded_at, g.id) > (f.recorded_at, f.id))"
    )
    if wanted.text:
        says = "(g.field ilike %s or g.new::text ilike %s)"
        branch.add(f"exists (select from accounts_fieldchange g where {group} and {says})", *[wanted.pattern] * 2)
    return branch


class SaveSource:
    """What somebody changed, all fields of one save together."""

    name, kinds = "change", KINDS

    def branch(self, wanted: Wanted) -> Branch | None:
        """By the account's index, newest first."""
        if wanted.opportunity_id is not None:
            return None
        branch = _of(wanted, _OF_SAVE)
        branch.add("f.changed_by_id is not null")
        if wanted.user_id is not None:
            branch.add("f.changed_by_id = %s", wanted.user_id)
        return branch

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """The fields with old and new values."""
        return _SAVE, []

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """Which fields; what they became stands beside."""
        return {
            "kind": "change",
            "title": _title(shown["changes"]),
            "actor": shown["actor"],
            "contact": shown["contact"],
            "changes": shown["changes"],
            "target": {"type": "contact", "id": shown["contact"]["id"]} if shown["contact"] else None,
        }


class RefreshSource:
    """What machines changed, a week in one entry: nights do not flood what people did."""

    name, kinds = "refresh", KINDS

    def branch(self, wanted: Wanted) -> Branch | None:
        """Weeks of the world's clock, so that an entry is the same for every reader."""
        if wanted.opportunity_id is not None or wanted.user_id is not None:
            return None
        branch = _of(wanted, _OF_WEEK)
        branch.add("f.changed_by_id is null")
        return branch

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """For each field what it was before the week and what it is since."""
        return _REFRESH, []

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """Which facts, and how often."""
        return {
            "kind": "change",
            "title": f"Kept up to date: {_listed(shown['changes'])}",
            "contact": shown["contact"],
            "changes": shown["changes"],
        }


def _title(changes: list[dict[str, Any]]) -> str:
    if len(changes) == 1:
        return f"{_words(changes[0]['field']).capitalize()} changed"
    return f"{len(changes)} fields changed: {_listed(changes)}"


def _listed(changes: list[dict[str, Any]], most: int = 4) -> str:
    names = [_words(change["field"]) for change in changes]
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _words(field: str) -> str:
    return field.removeprefix("custom.").replace("_", " ")
