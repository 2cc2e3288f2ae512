"""Drivers into the pool: normalise, refuse what cannot be used, write what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.backends.utils import CursorWrapper

from headhaul.carriers.services.drivers import words
from headhaul.carriers.services.importing.fields import Columns, Unreadable, parse_date
from headhaul.carriers.services.importing.staging import TABLE, Counts, Staged
from headhaul.kernel.places import zip3_areas, zip5

SQL_TYPES = {
    "driver_id": "text",
    "home_zip": "text",
    "zip3": "smallint",
    "home_state": "text",
    "cdl_class": "text",
    "endorsements": "text",
    "years": "numeric(4,1)",
    "equipment_mask": "smallint",
    "job_mask": "smallint",
    "available_from": "date",
    "last_active_on": "date",
    "added_on": "date",
    "status": "text",
}
_TARGETS = {
    "home_zip": ("home_zip", "zip3", "home_state"),
    "home_state": ("home_state",),
    "cdl_class": ("cdl_class",),
    "endorsements": ("endorsements",),
    "years": ("years",),
    "equipment": ("equipment_mask",),
    "jobs": ("job_mask",),
    "available_from": ("available_from",),
    "last_active": ("last_active_on",),
    "added": ("added_on",),
    "status": ("status",),
}
_DEFAULTS = {
    "zip3": "null",
    "years": "null",
    "available_from": "null",
    "last_active_on": "null",
    "equipment_mask": "0",
} | {
    "job_mask": "0",
    "status": "'active'",
}
_SHAPES = ("YYYY-MM-DD", "M/D/YYYY", "YYYYMMDD")
MOST_YEARS = 60
_PERSONAL_IDS = (
    (r"^[^@\s]+@[^@\s]+\.\w+$", "is an e-mail address"),
    (r"^\d{3}-\d{2}-\d{4}$", "looks like a social security number"),
    (r"^(\+?1[ .-]?)?(\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}$|^\+\d{10,14}$", "looks like a telephone number"),
    (r"^\pL[\pL'.-]*(,? +\pL[\pL'.-]*)+$", "looks like a name"),
)


class DriverPool:
    """Normalises and applies drivers whose columns are known."""

    def __init__(self, fields: Mapping[str, str], *, today: date) -> None:
        self._fields, self._today = fields, today
        targets = {"driver_id"} | {target for field in fields for target in _TARGETS.get(field, ())}
        self.wanted = set(fields.values())
        self.staging_columns = {name: kind for name, kind in SQL_TYPES.items() if name in targets}
        self.unknown: dict[str, Counter[str]] = {}

    def normalise(self, columns: Columns) -> Staged:
        """The staging columns of a batch."""
        facts: dict[str, pa.Array] = {"driver_id": self._ids(columns)}
        for field, column in self._fields.items():
            if field == "home_zip":
                self._places(columns, column, facts)
            elif field == "home_state" and "home_zip" not in self._fields:
                facts["home_state"] = pc.fill_null(columns.mapped(column, words.state_code, pa.string()), "")
            elif field in _LISTS:
                name, parse, blank = _LISTS[field]
                facts[name] = self._listed(columns, column, field, parse, blank)
            elif field in _SINGLE:
                name, parse_one, kind, blank = _SINGLE[field]
                values = columns.mapped(column, partial(parse_one, today=self._today), kind)
                facts[name] = values if blank is None else pc.fill_null(values, blank)
        return Staged({name: facts[name] for name in self.staging_columns})

    def apply(
        self, cursor: CursorWrapper, *, today: date, replace: bool
    ) -> tuple[Counts, int, list[tuple[int, str, str]]]:
        """(counts, removed, duplicates as (row, id, reason)). `replace` takes away whom the file does not name."""
        values = [name for name in self.staging_columns if name not in ("driver_id", "added_on")]  # one joins once
        cursor.execute(
            f"""
            delete from {TABLE} s using (
                select row_no, row_number() over (partition by driver_id order by row_no desc) as place from {TABLE}) r
            where s.row_no = r.row_no and r.place > 1
            returning s.row_no, s.driver_id, 'a later row of the file has this id'
            """
        )
        doubles = list(cursor.fetchall())
        counts = Counts(duplicates=len(doubles))
        cursor.execute(f"select count(*) from {TABLE}")
        total = cursor.fetchone()[0]
        if values:  # a file or a push may name the drivers alone
            cursor.execute(
                f"""
                update carriers_driver d set {", ".join(f"{v} = s.{v}" for v in values)}, updated_on = %s
                from {TABLE} s where s.driver_id = d.driver_id
                and ({", ".join(f"d.{v}" for v in values)}) is distinct from ({", ".join(f"s.{v}" for v in values)})
                """,
                [today],
            )
            counts.updated = cursor.rowcount
        given = [name for name in self.staging_columns if name != "added_on"]
        missing = [name for name in SQL_TYPES if name not in self.staging_columns and name != "added_on"]
        names = ", ".join([*given, *missing, "added_on", "updated_on"])
        joined = "coalesce(s.added_on, %s)" if "added_on" in self.staging_columns else "%s"
        blanks = "".join(f", {_DEFAULTS.get(name, chr(39) * 2)}" for name in missing)
        cursor.execute(
            f"""
            insert into carriers_driver ({names})
            select {", ".join(f"s.{name}" for name in given)}{blanks}, {joined}, %s from {TABLE} s
            where not exists (select 1 from carriers_driver d where d.driver_id = s.driver_id)
            """,
            [today, today],
        )
        counts.inserted = cursor.rowcount
        counts.unchanged = total - counts.updated - counts.inserted
        removed = 0
        if replace:
            cursor.execute(
                f"delete from carriers_driver d where not exists "
                f"(select 1 from {TABLE} s where s.driver_id = d.driver_id)"
            )
            removed = cursor.rowcount
        return counts, removed, doubles

    def notes(self) -> list[str]:
        """Words that nobody knew, most frequent first."""
        return [
            f"Words for {what} that are not known and were left out: "
            + ", ".join(f"{word} ({count:,})" for word, count in seen.most_common(20))
            + "."
            for what, seen in self.unknown.items()
        ]

    def _ids(self, columns: Columns) -> pa.Array:
        column = self._fields["driver_id"]
        ids = columns.required(column, columns.text(column))
        for shape, what in _PERSONAL_IDS:
            columns.refuse(
                column, pc.match_substring_regex(ids, shape), f"{what}; ids may not be personal", keep_value=False
            )
        return ids

    def _places(self, columns: Columns, column: str, facts: dict[str, pa.Array]) -> None:
        encoded = columns.text(column, upper=True).dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        codes = [zip5(text) for text in texts]
        areas = [int(code[:3]) if code else None for code in codes]
        kept = pa.array([code or text for code, text in zip(codes, texts, strict=True)], pa.string())
        facts["home_zip"] = pc.take(kept, encoded.indices)
        facts["zip3"] = pc.take(pa.array(areas, pa.int16()), encoded.indices)
        by_zip = pc.take(pa.array([_state_of(area) for area in areas], pa.string()), encoded.indices)
        if "home_state" in self._fields:
            said = columns.mapped(self._fields["home_state"], words.state_code, pa.string())
            facts["home_state"] = pc.coalesce(said, by_zip)
        else:
            facts["home_state"] = by_zip

    def _listed(
        self, columns: Columns, column: str, what: str, parse: Callable[[str], tuple[Any, tuple[str, ...]]], blank: Any
    ) -> pa.Array:
        encoded = columns.text(column).dictionary_encode()
        parsed = [parse(text) for text in encoded.dictionary.to_pylist()]
        if any(unknown for _, unknown in parsed):
            uses = np.bincount(encoded.indices.to_numpy(zero_copy_only=False), minlength=len(parsed))
            for place, (_, unknown) in enumerate(parsed):
                for word in unknown:
                    self.unknown.setdefault(what, Counter())[word[:40]] += int(uses[place])
        kind = pa.string() if blank == "" else pa.int16()
        return pc.take(pa.array([value for value, _ in parsed], kind), encoded.indices)


def _available(text: str, *, today: date) -> date | None:
    if text.lower() in {"now", "yes", "true", "immediately", "y", "1", "available"}:
        return None
    return _date(text, today=today)


def _past_day(text: str, *, today: date) -> date | None:
    day = _date(text, today=today)
    if day is not None and day > today + timedelta(days=1):
        raise Unreadable("lies in the future")
    return day and min(day, today)


def _date(text: str, *, today: date) -> date | None:
    for shape in _SHAPES:
        try:
            return parse_date(text, shape, today=today)
        except Unreadable as fault:
            problem = fault
            if "should be" not in str(fault):
                raise
    raise Unreadable("should be a date like 2026-11-22 or 11/22/2026") from problem


def _years(text: str, *, today: date) -> float:
    try:
        years = float(text)
    except ValueError:
        raise Unreadable("should be a number of years") from None
    if not 0 <= years <= MOST_YEARS:
        raise Unreadable(f"should be 0 to {MOST_YEARS} years")
    return round(years, 1)


def _equipment(text: str) -> tuple[int, tuple[str, ...]]:
    found = words.equipment_words(text)
    return found.mask, found.unknown


def _jobs(text: str) -> tuple[int, tuple[str, ...]]:
    found = words.job_words(text)
    return found.mask, found.unknown


@cache
def _area_states() -> dict[int, str]:
    return {area.number: area.state for area in zip3_areas()}


def _state_of(area: int | None) -> str:
    return _area_states().get(area, "") if area is not None else ""


def _timeless(parse: Callable[[str], Any]) -> Callable[..., Any]:
    """A parser that does not care what day it is."""
    return lambda text, *, today: parse(text)


_LISTS: dict[str, tuple[str, Callable[[str], tuple[Any, tuple[str, ...]]], Any]] = {
    "endorsements": ("endorsements", words.endorsement_letters, ""),
    "equipment": ("equipment_mask", _equipment, 0),
    "jobs": ("job_mask", _jobs, 0),
}
_SINGLE: dict[str, tuple[str, Callable[..., Any], pa.DataType, Any]] = {
    "cdl_class": ("cdl_class", _timeless(words.cdl_class), pa.string(), ""),
    "years": ("years", _years, pa.float64(), None),
    "available_from": ("available_from", _available, pa.date32(), None),
    "last_active": ("last_active_on", _past_day, pa.date32(), None),
    "added": ("added_on", _past_day, pa.date32(), None),
    "status": ("status", _timeless(words.status_word), pa.string(), "active"),
}
