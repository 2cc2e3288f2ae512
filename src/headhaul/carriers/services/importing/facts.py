"""Files that fill a table of their own: SMS results, crashes, revocations. One way to apply them all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.backends.utils import CursorWrapper

from headhaul.carriers.services.importing.fields import Columns
from headhaul.carriers.services.importing.layouts import Layout
from headhaul.carriers.services.importing.staging import TABLE, Counts, Staged


class Facts:
    """Rows of one table, found again by `keys`. `combined` says in SQL how several rows of the file make one."""

    table = ""
    keys: tuple[str, ...] = ()
    may_be_blank: tuple[str, ...] = ()  # keys among them that a row may lack
    staging_columns: Mapping[str, str] = {}
    constants: Mapping[str, str] = {}
    combined: Mapping[str, str] = {}
    counted: str = ""
    several = "the file says the same again"
    date_column = ""
    by_source = False  # whether the table keeps one row per source

    def __init__(self, layout: Layout, names: Sequence[str], *, today: date) -> None:
        self._layout, self._today = layout, today
        self._from = {field: column for field, column in layout.columns.items() if column in set(names)}
        self.wanted = {layout.dot_number, *self._from.values()}

    def normalise(self, columns: Columns) -> Staged:
        """The staging columns of a batch."""
        raise TypeError(f"{type(self).__name__} does not say how its rows are read")

    def newest_date(self, cursor: CursorWrapper) -> date | None:
        """The newest date of the rows that does not lie in the future."""
        if not self.date_column:
            return None
        cursor.execute(f"select max({self.date_column}) from {TABLE} where {self.date_column} <= %s", [self._today])
        newest: date | None = cursor.fetchone()[0]
        return newest

    def apply(self, cursor: CursorWrapper, *, as_of: date) -> tuple[Counts, list[Sequence[Any]]]:
        """One statement: combine, compare, write what differs."""
        values = [name for name in self.staging_columns if name not in self.keys]
        combined = ", ".join(
            f"{self.combined.get(name, f'(array_agg({name} order by row_no desc))[1]')} as {name}" for name in values
        )
        if self.counted:
            combined += f", count(*)::integer as {self.counted}"
            values = [*values, self.counted]
        constant = {**self.constants, "as_of": "%(as_of)s::date"}
        key_list, columns = ", ".join(self.keys), ", ".join([*self.keys, *values, *constant])
        cursor.execute("drop table if exists pg_temp.carriers_facts")
        cursor.execute(
            f"create temp table carriers_facts as select {key_list}, {combined} from {TABLE} group by {key_list}"
        )
        cursor.execute(f"select (select count(*) from {TABLE}), (select count(*) from carriers_facts)")
        rows, distinct = cursor.fetchone()
        same_key = " and ".join(
            [
                *(f"t.{k} {'is not distinct from' if k in self.may_be_blank else '='} f.{k}" for k in self.keys),
                *self._source_condition(),
            ]
        )
        differs = f"({', '.join(f't.{v}' for v in values)}) is distinct from ({', '.join(f'f.{v}' for v in values)})"
        cursor.execute(
            f"select count(*) from carriers_facts f join {self.table} t on {same_key} where t.as_of > %s", [as_of]
        )
        counts = Counts(duplicates=rows - distinct, older=cursor.fetchone()[0])
        cursor.execute(
            f"""
            update {self.table} t set {", ".join(f"{v} = f.{v}" for v in values)}, as_of = %(as_of)s
            from carriers_facts f where {same_key} and t.as_of <= %(as_of)s and {differs}
            """,
            {"as_of": as_of},
        )
        counts.updated = cursor.rowcount
        cursor.execute(
            f"""
            insert into {self.table} ({columns})
            select {", ".join([*self.keys, *values, *constant.values()])} from carriers_facts f
            where not exists (select 1 from {self.table} t where {same_key})
            """,
            {"as_of": as_of},
        )
        counts.inserted = cursor.rowcount
        counts.unchanged = distinct - counts.inserted - counts.updated - counts.older
        if counts.duplicates:
            counts.notes.append(f"{counts.duplicates:,} rows: {self.several}.")
        cursor.execute("drop table carriers_facts")
        return counts, []

    def _source_condition(self) -> list[str]:
        return [f"t.source = {self.constants['source']}"] if self.by_source else []


class SmsResults(Facts):
    """Inspections and measures by category, per carrier."""

    table = "carriers_carriersafety"
    keys = ("dot_number",)
    constants = {"source": "'sms_results'"}
    several = "the carrier is there twice; the later row counts"
    by_source = True
    staging_columns = {
        "dot_number": "integer",
        **dict.fromkeys(
            ("inspections", "driver_inspections", "driver_oos", "vehicle_inspections", "vehicle_oos"), "integer"
        ),
        "basics": "jsonb",
    }
    _parts = {
        "measure": "{}_measure",
        "violations": "{}_insp_w_viol",
        "acute": "{}_ac",
        "percentile": "{}_pct",
        "roadside_alert": "{}_rd_alert",
        "alert": "{}_basic_alert",
    }

    def __init__(self, layout: Layout, names: Sequence[str], *, today: date) -> None:
        super().__init__(layout, names, today=today)
        there = set(names)
        self._categories = [name.removesuffix("_measure") for name in names if name.endswith("_measure")]
        self._found = {
            category: {
                part: form.format(category) for part, form in self._parts.items() if form.format(category) in there
            }
            for category in self._categories
        }
        self.wanted |= {column for parts in self._found.values() for column in parts.values()}

    def normalise(self, columns: Columns) -> Staged:
        """Counts as they are; categories as JSON, only those with something in them."""
        facts = {"dot_number": pa.array(columns.key(self._layout.dot_number))}
        for name in self.staging_columns:
            if name in self._from:
                facts[name] = columns.integer(self._from[name])
        missing = [n for n in self.staging_columns if n not in facts and n != "basics"]
        facts |= {name: pa.nulls(columns.rows, pa.int64()) for name in missing}
        facts["basics"] = self._basics(columns)
        return Staged({name: facts[name] for name in self.staging_columns})

    def _basics(self, columns: Columns) -> pa.Array:
        rows: list[dict[str, dict[str, Any]]] = [{} for _ in range(columns.rows)]
        for category, parts in self._found.items():
            read = {part: self._part(columns, part, column) for part, column in parts.items()}
            worth = np.zeros(columns.rows, dtype=bool)
            for part, array in read.items():
                zero = pc.equal(array, False if part in ("acute", "roadside_alert", "alert") else 0)
                worth |= pc.fill_null(pc.invert(zero), False).to_numpy(zero_copy_only=False)
            chosen = np.flatnonzero(worth)
            values = {part: array.take(pa.array(chosen)).to_pylist() for part, array in read.items()}
            for place, row in enumerate(chosen):
                rows[row][category] = {part: each[place] for part, each in values.items() if each[place] is not None}
        return pa.array([json.dumps(row, separators=(",", ":")) if row else "{}" for row in rows], pa.string())

    @staticmethod
    def _part(columns: Columns, part: str, column: str) -> pa.Array:
        if part in ("acute", "roadside_alert", "alert"):
            return columns.boolean(column)
        return columns.integer(column) if part == "violations" else columns.real(column)


class Crashes(Facts):
    """Crashes, one row per vehicle in the file."""

    table = "carriers_crash"
    keys = ("dot_number", "report_number")
    several = "further vehicles of the same crash"
    date_column = "report_date"
    counted = "vehicles"
    staging_columns = {
        "dot_number": "integer",
        "report_number": "text",
        "report_date": "date",
        "report_state": "text",
        "fatalities": "integer",
        "injuries": "integer",
        "tow_away": "boolean",
        "hazmat_released": "boolean",
        "not_preventable": "boolean",
    }
    combined = {
        "report_date": "min(report_date)",
        "report_state": "max(report_state)",
        "fatalities": "max(fatalities)",
        "injuries": "max(injuries)",
        "tow_away": "bool_or(tow_away)",
        "hazmat_released": "bool_or(hazmat_released)",
        "not_preventable": "bool_or(not_preventable)",
    }

    def normalise(self, columns: Columns) -> Staged:
        """A crash without a number or a date is refused."""
        facts: dict[str, pa.Array] = {"dot_number": pa.array(columns.key(self._layout.dot_number))}
        for name, kind in self.staging_columns.items():
            if name == "dot_number":
                continue
            column = self._from.get(name)
            if column is None:
                blank: Any = False if kind == "boolean" else 0 if kind == "integer" else ""
                facts[name] = pa.array([blank] * columns.rows)
            elif kind == "date":
                facts[name] = columns.required(column, columns.date(column))
            elif kind == "boolean":
                facts[name] = pc.fill_null(columns.boolean(column), False)
            elif kind == "integer":
                facts[name] = pc.fill_null(columns.integer(column), 0)
            else:
                text = columns.text(column, upper=True)
                facts[name] = columns.required(column, text) if name == "report_number" else text
        return Staged(facts)


class Revocations(Facts):
    """Orders that revoke an authority. A voluntary one has no day until it is granted."""

    table = "carriers_revocation"
    keys = ("dot_number", "docket", "authority", "effective_on", "kind")
    may_be_blank = ("effective_on",)
    constants = {"source": "'revocation'"}
    date_column = "served_on"
    staging_columns = {
        "dot_number": "integer",
        "docket": "text",
        "authority": "text",
        "kind": "text",
        "served_on": "date",
        "effective_on": "date",
    }

    def normalise(self, columns: Columns) -> Staged:
        """Dockets lose their padding: MC0000421775 and MC-421775 are MC421775."""
        column = self._from
        effective = columns.date(column["effective_on"])
        docket = columns.text(column["docket"], upper=True)
        return Staged(
            {
                "dot_number": pa.array(columns.key(self._layout.dot_number)),
                "docket": pc.replace_substring_regex(docket, r"^([A-Z]+)[- ]*0*(\d+)$", r"\1\2"),
                "authority": columns.text(column["authority"], upper=True),
                "kind": columns.text(column["revocation"], upper=True),
                "served_on": columns.date(column["served_on"]),
                "effective_on": effective,
            }
        )
