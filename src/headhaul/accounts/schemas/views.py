"""What saved views take and give."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from headhaul.accounts.schemas.accounts import Owner, TeamName
from headhaul.accounts.schemas.lists import Entity, Filters
from headhaul.accounts.schemas.words import Direction, Id
from headhaul.kernel import Payload, Result

ViewName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$")
]
Key = Annotated[str, StringConstraints(max_length=70, pattern=r"^[^\x00]*$")]


class GetViews(Payload):
    """The list whose views are wanted."""

    entity: Entity


class View(Result):
    """A list as somebody likes it. `ignored` says what it named that is gone; the rest still works."""

    id: int
    version: int
    entity: str
    name: str
    owner: Owner
    is_shared: bool
    is_default: bool
    may_change: bool
    filters: dict[str, Any]
    sort: str
    direction: str | None
    columns: list[str]
    group_by: str
    ignored: list[str]


class ColumnChoice(Result):
    """A column that can be shown. `sort` names the order that goes by it, `edit` the field that changes it."""

    key: str
    label: str
    kind: str
    sort: str
    edit: str
    by_default: bool
    choices: list[tuple[str, str]]


class GroupChoice(Result):
    """By what the list can be grouped."""

    key: str
    label: str


class Views(Result):
    """One's own and the shared views of a list, and what there is to build one from."""

    views: list[View]
    default_view_id: int | None
    columns: list[ColumnChoice]
    groupings: list[GroupChoice]
    people: list[Owner]
    teams: list[TeamName]


class SaveView(Payload):
    """A new view, or with `viewId` and `version` a changed one, of which what is left out stays."""

    view_id: Id | None = None
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    entity: Entity | None = None
    name: ViewName | None = None
    filters: Filters | None = None
    sort: Key | None = None
    direction: Direction | None = None
    columns: Annotated[list[Key], Field(max_length=60)] | None = None
    group_by: Key | None = None
    is_shared: bool | None = None


class ViewId(Payload):
    """Names a view."""

    view_id: Id


class SetDefaultView(Payload):
    """The view with which a list opens for the caller; none when `viewId` is null."""

    entity: Entity
    view_id: Id | None


class DefaultView(Result):
    """The view with which a list opens for the caller."""

    entity: str
    view_id: int | None


class ViewRemoved(Result):
    """The view that is gone."""

    view_id: int
