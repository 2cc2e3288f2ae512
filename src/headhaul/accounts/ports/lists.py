"""What a list offers, whatever it lists: this room's own, and those of rooms above, which register theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from headhaul.kernel import Actor, InvalidData, Payload


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: its wire key, what people call it, and how a row gives its value.

    `kind` says how it is written: text, number, money, date, time, yes_no, choice, tags or person. `sort` names the
    order of the list that goes by it, `edit` the field of the update action that changes it in place.
    """

    key: str
    label: str
    value: Callable[[Any], Any]
    kind: str = "text"
    sort: str = ""
    edit: str = ""
    by_default: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One reader's question to a list: its own filters, an order, and who asks when and where."""

    filters: Payload
    sort: str
    direction: str | None
    by: Actor
    at: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of a list that share a value; `narrows` is the filter, in wire names, that leaves only them."""

    value: str
    label: str
    count: int
    is_exact: bool
    narrows: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list that can be saved as views, grouped and exported.

    `rows` gives every row that is asked for, in order, without holding them all. `filters` is the schema of the list's
    own filters, so that a view stores what the list action itself would accept. `faults` names, as (wire name of a
    filter, sentence), what a stored filter refers to that is gone.
    """

    entity: str
    title: str
    filters: type[Payload]
    sorts: tuple[str, ...]
    default_sort: str
    columns: Callable[[], Sequence[Column]]
    rows: Callable[[Asked], Iterator[Any]]
    group_by: Callable[[], Sequence[tuple[str, str]]] = tuple
    groups: Callable[[Asked, str], Sequence[Group]] | None = None
    faults: Callable[[Payload], Iterable[tuple[str, str]]] = lambda filters: ()


_kinds: dict[str, ListKind] = {}


def register(kind: ListKind) -> ListKind:
    """Make a list known; rooms do it when their actions are imported."""
    if kind.entity in _kinds:
        raise TypeError(f"the list {kind.entity} is registered twice")
    _kinds[kind.entity] = kind
    return kind


def kind_of(entity: str) -> ListKind:
    """The list of that name, or InvalidData that says which there are."""
    if entity not in _kinds:
        known = ", ".join(sorted(_kinds))
        raise InvalidData(f"There is no list of that name. There are: {known}.", fields={"entity": known})
    return _kinds[entity]
