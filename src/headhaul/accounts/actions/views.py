"""Lists as people like them: views, and a list in groups."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.ports.lists import Asked, kind_of
from headhaul.accounts.schemas.lists import GetListGroups, ListGroup, ListGroups
from headhaul.accounts.schemas.views import (
    DefaultView,
    GetViews,
    SaveView,
    SetDefaultView,
    View,
    ViewId,
    ViewRemoved,
    Views,
)
from headhaul.accounts.selectors import views as reading
from headhaul.accounts.selectors.lists import stored
from headhaul.accounts.selectors.lists.conditions import reader_zone
from headhaul.accounts.services import views
from headhaul.kernel import Call, InvalidData, Role, action


def _of_view(given: Any, answer: Any) -> tuple[str, str]:
    return "view", str(getattr(answer, "id", None) or getattr(given, "view_id", None) or "")


@action("getViews", reply="viewsLoaded", role=Role.VIEWER)
def get_views(call: Call, data: GetViews) -> Views:
    """One's own and the shared views of a list, with the columns and groupings there are to choose from."""
    return reading.of_list(entity=data.entity, by=call.actor)


@action("getListGroups", reply="listGroupsLoaded", role=Role.VIEWER)
def get_list_groups(call: Call, data: GetListGroups) -> ListGroups:
    """A list parted by owner, status, state and the like: how many rows each group has, and the filter that is it."""
    kind = kind_of(data.entity)
    if kind.groups is None:
        raise InvalidData(f"{kind.title} cannot be grouped.", fields={"groupBy": "leave it out"})
    filters = stored.strict(kind, data.filters)
    zone = reader_zone(getattr(filters, "zone", ""), by=call.actor)
    asked = Asked(filters, kind.default_sort, None, call.actor, call.at, zone)
    own = stored.plain(filters)
    return ListGroups(
        groups=[
            ListGroup(
                value=group.value,
                label=group.label,
                count=group.count,
                is_exact=group.is_exact,
                filters=own | group.narrows,
            )
            for group in kind.groups(asked, data.group_by)
        ]
    )


@action(
    "saveView",
    reply="viewSaved",
    role=Role.VIEWER,
    writes=True,
    target=_of_view,
    undo=("removeView", "saveView"),
)
def save_view(call: Call, data: SaveView) -> View:
    """Keep a list as a view, or change one: name, filters, order, columns, grouping, and whether others see it."""
    values = {name: getattr(data, name) for name in data.model_fields_set & set(views.FIELDS)}
    if data.view_id is None:
        if data.entity is None:
            raise InvalidData("Name the list that the view is of.", fields={"entity": "missing"})
        made = views.create(entity=data.entity, values=values, at=call.at, by=call.actor)
        call.undo_with("removeView", {"viewId": made.pk})
        return reading.one(view_id=made.pk, by=call.actor)
    before = views.change(view_id=data.view_id, values=values, version=data.version, at=call.at, by=call.actor)
    changed = reading.one(view_id=data.view_id, by=call.actor)
    wire = {"groupBy" if name == "group_by" else "isShared" if name == "is_shared" else name: value
            for name, value in before.items()}  # fmt: skip
    wire |= {"direction": wire["direction"] or None} if "direction" in wire else {}
    call.undo_with("saveView", {"viewId": data.view_id, "version": changed.version, **wire})
    return changed


@action("removeView", reply="viewRemoved", role=Role.VIEWER, writes=True, target=_of_view, undo=("restoreView",))
def remove_view(call: Call, data: ViewId) -> ViewRemoved:
    """Remove a view: one's own, or as a manager a shared one."""
    view = views.remove(view_id=data.view_id, at=call.at, by=call.actor)
    call.undo_with("restoreView", {"viewId": view.pk})
    return ViewRemoved(view_id=view.pk)


@action("restoreView", reply="viewRestored", role=Role.VIEWER, writes=True, target=_of_view, undo=("removeView",))
def restore_view(call: Call, data: ViewId) -> View:
    """Bring a removed view back."""
    view = views.restore(view_id=data.view_id, by=call.actor)
    call.undo_with("removeView", {"viewId": view.pk})
    return reading.one(view_id=view.pk, by=call.actor)


@action(
    "setDefaultView",
    reply="defaultViewSet",
    role=Role.VIEWER,
    writes=True,
    target=_of_view,
    undo=("setDefaultView",),
)
def set_default_view(call: Call, data: SetDefaultView) -> DefaultView:
    """Choose the view with which a list opens for oneself."""
    before = views.set_default(entity=data.entity, view_id=data.view_id, by=call.actor)
    call.undo_with("setDefaultView", {"entity": data.entity, "viewId": before})
    return DefaultView(entity=data.entity, view_id=data.view_id)
