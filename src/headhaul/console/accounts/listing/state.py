"""The state of a list page is its address: which view, and what filters, order, columns and grouping it has instead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from headhaul.accounts.schemas.views import ColumnChoice, View, Views
from headhaul.console.accounts.listing import cells, filters
from headhaul.console.accounts.listing.filters import Chip
from headhaul.console.ui.bridge import run
from headhaul.console.ui.shell import reader_zone
from headhaul.console.ui.templating import question

KEPT = ("view", "sort", "direction", "columns", "group")
ALL = "all"


@dataclass
class ListPage:
    """A list as its address describes it."""

    entity: str
    given: QueryDict
    views: Views
    known: Sequence[filters.Filter]
    usual_sort: str
    zone: str = "UTC"
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def view(self) -> View | None:
        """The view that is open: the one named, or one's own first one when the address says nothing at all."""
        asked = self.given.get("view", "")
        if not asked and not [name for name in self.given if name not in ("made", "cursor")]:
            asked = str(self.views.default_view_id or "")
        return next((view for view in self.views.views if str(view.id) == asked), None)

    @cached_property
    def filters(self) -> dict[str, Any]:
        """The filters by wire name: the address's, or the view's until somebody changes them."""
        if self.view and "edited" not in self.given:
            return self.view.filters
        return filters.read(self.given, self.known)

    @cached_property
    def flat(self) -> dict[str, Any]:
        """The filters as an address carries them."""
        return filters.written(self.filters)

    @property
    def sort(self) -> str:
        """The order."""
        return self.given.get("sort") or (self.view.sort if self.view else "") or self.usual_sort

    @property
    def direction(self) -> str | None:
        """Which way it runs; None as usual."""
        if self.given.get("sort") or self.given.get("direction"):
            return self.given.get("direction") or None
        return self.view.direction if self.view else None

    @property
    def group_by(self) -> str:
        """By what the list is grouped, or "" when it is not."""
        asked = self.given.get("group")
        return (self.view.group_by if self.view else "") if asked is None else "" if asked == "none" else asked

    @cached_property
    def columns(self) -> list[ColumnChoice]:
        """The columns shown, in order."""
        known = {column.key: column for column in self.views.columns}
        keys = [key for each in self.given.getlist("columns") for key in each.split(",")]
        keys = keys or (self.view.columns if self.view else [])
        chosen = [known[key] for key in dict.fromkeys(keys) if key in known]
        return chosen or [column for column in self.views.columns if column.by_default]

    @property
    def other_columns(self) -> list[ColumnChoice]:
        """The columns that are not shown."""
        return [column for column in self.views.columns if column not in self.columns]

    @property
    def custom_columns(self) -> list[ColumnChoice]:
        """The firm's own fields."""
        return [column for column in self.views.columns if column.key.startswith("custom.")]

    @property
    def usual_columns(self) -> list[str]:
        """What is shown when the address names no columns."""
        own = self.view.columns if self.view else []
        return own or [column.key for column in self.views.columns if column.by_default]

    @property
    def usual_group(self) -> str:
        """The grouping when the address names none."""
        return (self.view.group_by if self.view else "") or "none"

    @property
    def is_mine(self) -> bool:
        """Whether these are all of the reader's own, and nothing else."""
        return self.view is None and self.flat == {"owner": "me"}

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter holds."""
        return bool(self.filters)

    @property
    def is_edited(self) -> bool:
        """Whether the list differs from the view that is open."""
        return self.view is not None and any(
            name in self.given for name in ("edited", "sort", "direction", "columns", "group")
        )

    def address(self, *without: str, **changes: Any) -> str:
        """This list's address, whole, with some parameters left out or changed; the cursor never survives."""
        own = {
            "view": self.view.id if self.view else (ALL if self.given.get("view") == ALL else ""),
            "edited": "1" if self.view else "",
            **self.flat,
            "sort": self.given.get("sort", "") or (self.sort if self.view else ""),
            "direction": self.direction or "",
            "columns": self.given.getlist("columns"),
            "group": self.given.get("group", "") or self.group_by,
        }
        kept = {name: value for name, value in own.items() if name not in without}
        return reverse(f"accounts:{PATHS[self.entity]}") + question(kept | changes)

    def sorted_by(self, column: ColumnChoice) -> str:
        """The address for the head of a column: its order, and at the next click the other way round."""
        if column.sort != self.sort:
            return self.address(sort=column.sort, direction="")
        return self.address(sort=column.sort, direction="asc" if self.runs_down else "desc")

    @property
    def runs_down(self) -> bool:
        """Whether the present order runs from high to low."""
        return (self.direction or ("asc" if self.sort in ("name", "place") else "desc")) == "desc"

    def narrowed_to(self, group_filters: dict[str, Any]) -> str:
        """The address of one group as a list of its own."""
        flat = filters.written(group_filters)
        return self.address(*self.flat, "group", **flat, group="none" if self.view and self.view.group_by else "")

    @property
    def chips(self) -> list[Chip]:
        """What holds now, in words."""
        return list(filters.chips(self.flat, self.known, self.labels))

    @property
    def as_view(self) -> str:
        """This list as a view stores it."""
        return json.dumps(
            {
                "filters": self.filters,
                "sort": self.sort,
                "direction": self.direction,
                "columns": [column.key for column in self.columns],
                "groupBy": self.group_by,
            }
        )

    @property
    def as_filters(self) -> str:
        """The filters alone, for what is done with all rows that match."""
        return json.dumps(self.filters)

    @cached_property
    def facts(self) -> dict[str, str]:
        """Which cells a phone's card shows, and where on it: the two that matter and the name."""
        keys = [column.key for column in self.columns]
        end = next((key for key in ("driverCount", "status", "role") if key in keys), "")
        shown = {"name": "name", end: "end", **({"score": "lead"} if "score" in keys else {})}
        return {key: shown.get(key, "") for key in keys}

    @cached_property
    def _row_path(self) -> tuple[str, str, str]:
        """Where one row is, in front of and behind its id: a page asks for hundreds of these."""
        first, last = reverse(f"accounts:{self.entity}_row", args=[0]).split("0")
        return first, last, question({"view": ALL, "columns": ",".join(column.key for column in self.columns)})

    def row_address(self, key: int, edit: str = "") -> str:
        """One row of this list, with a cell as a field."""
        first, last, said = self._row_path
        return f"{first}{key}{last}{said}{'&edit=' + edit if edit else ''}"

    def cell_address(self, key: int) -> str:
        """Where a cell of the row is written."""
        return reverse(f"accounts:{self.entity}_cell", args=[key]) + self._row_path[2]

    def value(self, column: ColumnChoice, row: Any) -> Any:
        """What the row has in that column."""
        return cells.value_of(self.entity, column, row)

    def word(self, column: ColumnChoice, value: Any) -> str:
        """A code in words."""
        return cells.word_for(column, value)

    def choices_of(self, key: str) -> list[tuple[str, str]]:
        """The choices of a column, by its key."""
        return next((column.choices for column in self.views.columns if column.key == key), [])

    @property
    def asked(self) -> dict[str, Any]:
        """What the list's action is asked."""
        return {**self.filters, "sort": self.sort, "direction": self.direction, "zone": self.zone}


PATHS = {"accounts": "list", "contacts": "contacts"}
KNOWN = {"accounts": (filters.ACCOUNTS, "score"), "contacts": (filters.CONTACTS, "name")}


def page_of(request: HttpRequest, entity: str) -> ListPage:
    """The state of the list that a request is about."""
    views = run(request, "getViews", entity=entity)
    known, usual = KNOWN[entity]
    page = ListPage(entity, request.GET, views, known, usual, zone=str(reader_zone(request)))
    page.labels = {
        "people": {str(each.id): each.name for each in views.people},
        "teams": {str(each.id): each.name for each in views.teams},
        "custom": {column.key.removeprefix("custom."): column.label for column in page.custom_columns},
    }
    return page
