"""Saved views as their reader may use them: what they named that is gone is left out and said."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from headhaul.accounts.models import DefaultView, SavedView
from headhaul.accounts.ports.lists import Column, ListKind, kind_of
from headhaul.accounts.schemas.accounts import Owner, TeamName
from headhaul.accounts.schemas.views import ColumnChoice, GroupChoice, View, Views
from headhaul.accounts.selectors.lists import stored
from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor, NotFound, Role
from headhaul.kernel.roles import SITE_ROLES

WORKING = [role.value for role in Role if role.allows(Role.REP)]

_PEOPLE = """
select id, coalesce(nullif(name, ''), email) as name from security_user
where is_active and (role = any(%s) or (role is null and site_role = any(%s))) order by 2, id
"""
_TEAMS = "select id, name from security_team where is_active order by lower(name), id"


def of_list(*, entity: str, by: Actor) -> Views:
    """One's own views and the shared ones, and of what a view can be made."""
    kind = kind_of(entity)
    columns, groupings = kind.columns(), kind.group_by()
    default = default_of(entity=entity, by=by)
    rows = seen_by(by).filter(entity=entity).select_related("owner").order_by("position", "id")
    return Views(
        views=[_view(row, kind, columns, groupings, default=default, by=by) for row in rows],
        default_view_id=default,
        columns=[_column(each) for each in columns],
        groupings=[GroupChoice(key=key, label=label) for key, label in groupings],
        people=[Owner(**row) for row in fetch(_PEOPLE, [WORKING, list(SITE_ROLES)])],
        teams=[TeamName(**row) for row in fetch(_TEAMS, [])],
    )


def one(*, view_id: int, by: Actor) -> View:
    """One view; NotFound also for somebody else's private one."""
    row = seen_by(by).filter(pk=view_id).select_related("owner").first()
    if row is None:
        raise NotFound("There is no such view.", fields={"viewId": "unknown"})
    kind = kind_of(row.entity)
    default = default_of(entity=row.entity, by=by)
    return _view(row, kind, kind.columns(), kind.group_by(), default=default, by=by)


def seen_by(actor: Actor) -> QuerySet[SavedView]:
    """The views that are there for this actor."""
    return SavedView.objects.filter(Q(owner=actor.user_id) | Q(is_shared=True), removed_at__isnull=True)


def may_change(view: SavedView, actor: Actor) -> bool:
    """Its owner may; of a shared one managers too."""
    is_manager = actor.role is not None and actor.role.allows(Role.MANAGER)
    return view.owner_id == actor.user_id or (view.is_shared and is_manager)


def default_of(*, entity: str, by: Actor) -> int | None:
    """The view with which the list opens for this actor."""
    found = DefaultView.objects.filter(user=by.user_id, entity=entity, view__in=seen_by(by))
    return found.values_list("view_id", flat=True).first()


def _view(
    row: SavedView,
    kind: ListKind,
    columns: Sequence[Column],
    groupings: Sequence[tuple[str, str]],
    *,
    default: int | None,
    by: Actor,
) -> View:
    filters, ignored = stored.lenient(kind, row.filters)
    known = {column.key for column in columns}
    ignored += [f"the column {key} is gone" for key in row.columns if key not in known]
    sort, group_by = row.sort, row.group_by
    if sort and sort not in kind.sorts:
        ignored, sort = [*ignored, f"the order {sort} is gone"], ""
    if group_by and group_by not in dict(groupings):
        ignored, group_by = [*ignored, f"the grouping by {group_by} is gone"], ""
    return View(
        id=row.pk,
        version=row.version,
        entity=row.entity,
        name=row.name,
        owner=Owner(id=row.owner_id, name=row.owner.get_full_name()),
        is_shared=row.is_shared,
        is_default=row.pk == default,
        may_change=may_change(row, by),
        filters=stored.plain(filters),
        sort=sort or kind.default_sort,
        direction=(row.direction or None) if sort else None,
        columns=[key for key in row.columns if key in known],
        group_by=group_by,
        ignored=ignored,
    )


def _column(column: Column) -> ColumnChoice:
    return ColumnChoice(
        key=column.key,
        label=column.label,
        kind=column.kind,
        sort=column.sort,
        edit=column.edit,
        by_default=column.by_default,
        choices=list(column.choices),
    )
