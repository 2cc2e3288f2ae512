"""Lists as files: exactly the rows and columns that the view shows, in its order, in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import islice
from typing import Any

from headhaul.accounts.ports.lists import Asked, Column, ListKind, kind_of
from headhaul.accounts.schemas.exports import ExportRecords
from headhaul.accounts.selectors import views
from headhaul.accounts.selectors.lists import columns as known_columns
from headhaul.accounts.selectors.lists import stored
from headhaul.accounts.selectors.lists.conditions import reader_zone
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.days import today
from headhaul.kernel.spreadsheets import csv_lines
from headhaul.kernel.xlsx import xlsx_chunks


@dataclass(frozen=True, slots=True)
class Plan:
    """An export that is known to work: which list, which question, which columns."""

    kind: ListKind
    asked: Asked
    columns: Sequence[Column]
    format: str

    @property
    def file_name(self) -> str:
        """What the file is called: the list, and the reader's day."""
        return f"{self.kind.entity}-{today(at=self.asked.at, zone=self.asked.zone)}.{self.format}"

    @property
    def header(self) -> list[str]:
        """The labels over the columns; two of one label tell themselves apart by their keys."""
        labels = [column.label for column in self.columns]
        return [
            label if labels.count(label) == 1 else f"{label} ({column.key})"
            for label, column in zip(labels, self.columns, strict=True)
        ]


def planned(*, data: ExportRecords, by: Actor, at: datetime) -> Plan:
    """Find out what is meant, and refuse what the list does not have."""
    kind = kind_of(data.entity)
    view = views.one(view_id=data.view_id, by=by) if data.view_id is not None else None
    if view is not None and view.entity != data.entity:
        raise InvalidData("This view is of another list.", fields={"viewId": f"a view of {data.entity}"})
    filters = stored.strict(kind, data.filters if data.filters is not None else view.filters if view else {})
    sort = data.sort or (view.sort if view else kind.default_sort)
    if sort not in kind.sorts:
        raise InvalidData("The list has no such order.", fields={"sort": ", ".join(kind.sorts)})
    direction = data.direction or (view.direction if view and not data.sort else None)
    keys = data.columns if data.columns is not None else view.columns if view else []
    all_columns = kind.columns()
    unknown = sorted(set(keys) - {column.key for column in all_columns})
    if unknown:
        raise InvalidData("The list has no such column.", fields={"columns": ", ".join(unknown)})
    zone = reader_zone(data.zone or getattr(filters, "zone", ""), by=by)
    chosen = known_columns.picked(all_columns, keys)
    return Plan(kind, Asked(filters, sort, direction, by, at, zone), chosen, data.format)


def chunks(plan: Plan, *, rows: Iterable[Sequence[Any]] | None = None) -> Iterator[bytes]:
    """The bytes of the file, while the list is read."""
    lines = values(plan) if rows is None else rows
    if plan.format == "xlsx":
        return xlsx_chunks(plan.header, lines, sheet=plan.kind.title, zone=plan.asked.zone)
    return _gathered(csv_lines(plan.header, (written(line, plan.asked.zone) for line in lines)))


def values(plan: Plan) -> Iterator[list[Any]]:
    """The values of each row, in the order of the columns."""
    readers = [column.value for column in plan.columns]
    for row in plan.kind.rows(plan.asked):
        yield [_plain(read(row)) for read in readers]


def first_lines(plan: Plan, *, most: int) -> tuple[str, bool]:
    """(the heading and the first rows as CSV, whether that is all)."""
    rows = list(islice(values(plan), most + 1))
    text = "".join(csv_lines(plan.header, (written(line, plan.asked.zone) for line in rows[:most])))
    return text, len(rows) <= most


def written(line: Sequence[Any], zone: tzinfo) -> list[Any]:
    """Values as a text file has them: days as they are, instants in the reader's zone, yes and no in words."""
    return [_written(value, zone) for value in line]


def _written(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _gathered(lines: Iterable[str], *, size: int = 65_536) -> Iterator[bytes]:
    """Lines in pieces that are worth sending."""
    part: list[str] = []
    length = 0
    for line in lines:
        part.append(line)
        length += len(line)
        if length >= size:
            yield "".join(part).encode()
            part, length = [], 0
    yield "".join(part).encode()
