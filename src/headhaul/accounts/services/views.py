"""Saving, changing and removing views. Private views are their owner's; shared ones also managers look after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from headhaul.accounts.models import DefaultView, SavedView
from headhaul.accounts.ports.lists import ListKind, kind_of
from headhaul.accounts.selectors import views as reading
from headhaul.accounts.selectors.lists import stored
from headhaul.kernel import Actor, Conflict, Forbidden, InvalidData, NotFound, Role, StaleVersion

FIELDS = ("name", "filters", "sort", "direction", "columns", "group_by", "is_shared")


class StaleView(StaleVersion):
    """Somebody changed the view since it was read."""


class ViewExists(Conflict):
    """One has a view of that name already."""

    code = "view_exists"


def create(*, entity: str, values: Mapping[str, Any], at: datetime, by: Actor) -> SavedView:
    """Keep a list as a view of one's own."""
    if by.user_id is None:
        raise Forbidden("Views belong to people. Sign in as one.")
    if not values.get("name"):
        raise InvalidData("A view needs a name.", fields={"name": "missing"})
    checked = _checked(kind_of(entity), values)
    _check_may_share(checked.get("is_shared"), by)
    last = SavedView.objects.filter(entity=entity, owner=by.user_id).order_by("-position").first()
    view = SavedView(
        entity=entity,
        owner_id=by.user_id,
        position=last.position + 1 if last else 0,
        created_at=at,
        updated_at=at,
        **checked,
    )
    return _saved(view)


def change(*, view_id: int, values: Mapping[str, Any], version: int | None, at: datetime, by: Actor) -> dict[str, Any]:
    """Change what is named. Returns what it was before, by field."""
    view = _held(view_id, by=by)
    if version is None:
        raise InvalidData("Name the version of the view that was read.", fields={"version": "missing"})
    if view.version != version:
        raise StaleView(f"{view.name} was changed meanwhile. Look at it again.", current=view.version)
    checked = _checked(kind_of(view.entity), values)
    if checked.get("is_shared") and not view.is_shared:
        _check_may_share(True, by)
    before = {name: getattr(view, name) for name in checked}
    for name, value in checked.items():
        setattr(view, name, value)
    view.version += 1
    view.updated_at = at
    _saved(view)
    return before


def remove(*, view_id: int, at: datetime, by: Actor) -> SavedView:
    """Take the view off everybody's lists; `restore` brings it back."""
    view = _held(view_id, by=by)
    view.removed_at = at
    view.save(update_fields=["removed_at"])
    return view


def restore(*, view_id: int, by: Actor) -> SavedView:
    """Bring a removed view back."""
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None or not reading.may_change(view, by):
        raise NotFound("There is no such view.", fields={"viewId": "unknown"})
    view.removed_at = None
    return _saved(view)


def set_default(*, entity: str, view_id: int | None, by: Actor) -> int | None:
    """Choose the view with which the list opens for oneself. Returns the one before."""
    if by.user_id is None:
        raise Forbidden("Views belong to people. Sign in as one.")
    kind_of(entity)
    before = reading.default_of(entity=entity, by=by)
    if view_id is None:
        DefaultView.objects.filter(user=by.user_id, entity=entity).delete()
        return before
    if not reading.seen_by(by).filter(pk=view_id, entity=entity).exists():
        raise NotFound("There is no such view of this list.", fields={"viewId": "unknown"})
    DefaultView.objects.update_or_create(user_id=by.user_id, entity=entity, defaults={"view_id": view_id})
    return before


def _held(view_id: int, *, by: Actor) -> SavedView:
    view = reading.seen_by(by).select_for_update().filter(pk=view_id).first()
    if view is None:
        raise NotFound("There is no such view.", fields={"viewId": "unknown"})
    if not reading.may_change(view, by):
        raise Forbidden("This shared view is somebody else's. They or a manager can change it; save your own instead.")
    return view


def _check_may_share(is_shared: Any, by: Actor) -> None:
    if is_shared and not (by.role is not None and by.role.allows(Role.REP)):
        raise Forbidden("Sharing a view needs the role rep. Save it for yourself.")


def _checked(kind: ListKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored. What a list does not have is refused here, not when the view is opened."""
    given = {name: values[name] for name in FIELDS if name in values}
    if "filters" in given:
        given["filters"] = stored.plain(stored.strict(kind, given["filters"] or {}))
    known = {column.key for column in kind.columns()}
    unknown = [key for key in given.get("columns") or [] if key not in known]
    if unknown:
        raise InvalidData("The list has no such column.", fields={"columns": ", ".join(unknown)})
    if given.get("sort") and given["sort"] not in kind.sorts:
        raise InvalidData("The list has no such order.", fields={"sort": ", ".join(kind.sorts)})
    if given.get("group_by") and given["group_by"] not in dict(kind.group_by()):
        raise InvalidData("The list cannot be grouped by that.", fields={"groupBy": ", ".join(dict(kind.group_by()))})
    blank: dict[str, Any] = {"columns": [], "sort": "", "direction": "", "group_by": "", "is_shared": False}
    return {name: blank.get(name) if value is None else value for name, value in given.items()}


def _saved(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ViewExists(
            f"You have a view called {view.name} already. Choose another name.", fields={"name": "taken"}
        ) from None
    return view
