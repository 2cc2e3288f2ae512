"""Census files: every fact about a carrier that a file has, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.db.backends.utils import CursorWrapper

from headhaul.carriers.choices import CutOffs
from headhaul.carriers.services.derivation import DERIVED_COLUMNS, derive, rederive
from headhaul.carriers.services.equipment import cargo_classes
from headhaul.carriers.services.importing import addresses
from headhaul.carriers.services.importing.fields import Columns
from headhaul.carriers.services.importing.layouts import Layout, layouts
from headhaul.carriers.services.importing.staging import TABLE, Counts, Staged

TEXT = {
    **dict.fromkeys(
        ("legal_name", "dba_name", "phy_street", "phy_city", "phy_county", "mail_street", "mail_city"), False
    ),
    **dict.fromkeys(("phy_state", "phy_country", "mail_state", "mail_country", "status_code", "entity_types"), True),
    **dict.fromkeys(("carrier_operation", "classdef", "safety_rating"), True),
    "cargo_other": True,
}
PHONES = ("phone", "cell_phone", "fax")
COUNTS = (
    *("power_units", "truck_units", "bus_units", "owned_trucks", "owned_tractors", "owned_trailers", "term_trucks"),
    *("term_tractors", "term_trailers", "trip_trucks", "trip_tractors", "trip_trailers", "total_drivers", "total_cdl"),
    *("interstate_beyond_100", "interstate_within_100", "intrastate_beyond_100", "intrastate_within_100"),
    "leased_drivers",
)
DATES = ("mcs150_date", "add_date", "safety_rating_date")
FLAGS = ("hm", "passenger")
CLASS_FLAGS = ("authorized_for_hire", "exempt_for_hire", "private_only", "government")
SQL_TYPES = (
    dict.fromkeys((*TEXT, *PHONES, "email", "phy_zip", "mail_zip", "dockets"), "text")
    | dict.fromkeys(COUNTS, "integer")
    | dict.fromkeys(DATES, "date")
    | dict.fromkeys((*FLAGS, *CLASS_FLAGS, "cargo_known"), "boolean")
    | {"mileage": "bigint", "mileage_year": "smallint", "zip3": "smallint", "cargo_mask": "integer"}
)
# A table that grows by more than this factor is indexed anew at the end instead of row by row.
REINDEX_GROWTH = 2


class Census:
    """A census file in one of its layouts."""

    def __init__(self, layout: Layout, names: Sequence[str], *, today: date, cut_offs: CutOffs) -> None:
        self._layout, self._today, self._cut_offs = layout, today, cut_offs
        there = set(names)
        self._from = {field: column for field, column in layout.columns.items() if column in there}
        self._cargo = [each for each in cargo_classes() if layout.cargo == "flags" and each.column in there]
        self._classes = [name for name in layout.classes if name in there]
        self._dockets = [n for n in (1, 2, 3) if f"docket{n}" in there]
        extra = {f"docket{n}{part}" for n in self._dockets for part in ("prefix", "", "_status_code")} & there
        known = {layout.cargo_known} & there
        self.wanted = {
            layout.dot_number,
            *self._from.values(),
            *(each.column for each in self._cargo),
            *self._classes,
            *extra,
            *known,
        }
        self._facts = self._fact_names()
        self.staging_columns: Mapping[str, str] = {
            "dot_number": "integer",
            **{name: SQL_TYPES[name] for name in self._facts},
            **DERIVED_COLUMNS,
        }

    def normalise(self, columns: Columns) -> Staged:
        """All facts of a batch, and the derived columns as they would be for a carrier seen for the first time."""
        facts: dict[str, pa.Array] = {}
        for name, column in self._from.items():
            if name in TEXT:
                facts[name] = columns.text(column, upper=TEXT[name])
            elif name in COUNTS or name == "mileage":
                facts[name] = columns.integer(column, maximum=2_147_483_647 if name in COUNTS else 10**15)
            elif name in DATES:
                facts[name] = columns.date(column)
            elif name in FLAGS:
                facts[name] = columns.boolean(column)
            elif name == "mileage_year":
                year = columns.integer(column)
                facts[name] = pc.if_else(pc.is_in(year, pa.array(range(1950, self._today.year + 2))), year, None)
            else:
                facts[name] = columns.text(column)
        self._addresses(facts)
        if self._layout.status_code:
            facts["status_code"] = pa.array([self._layout.status_code] * columns.rows, pa.string())
        self._operation_classes(columns, facts)
        self._cargo_facts(columns, facts)
        if self._dockets:
            facts["dockets"] = self._docket_texts(columns)
        ordered = {"dot_number": pa.array(columns.key(self._layout.dot_number))}
        ordered |= {name: facts[name] for name in self._facts}
        return Staged(ordered, derive(facts, rows=columns.rows, year=self._today.year, cut_offs=self._cut_offs))

    def newest_date(self, cursor: CursorWrapper) -> date | None:
        """The newest filing that does not lie in the future."""
        if "mcs150_date" not in self._facts:
            return None
        cursor.execute(f"select max(mcs150_date) from {TABLE} where mcs150_date <= %s", [self._today])
        newest: date | None = cursor.fetchone()[0]
        return newest

    def apply(self, cursor: CursorWrapper, *, as_of: date) -> tuple[Counts, list[Sequence[Any]]]:
        """New carriers in, changed ones updated, former filings kept, and everything else left alone."""
        counts = Counts()
        doubles = self._leave_duplicates_out(cursor)
        counts.duplicates = len(doubles)
        cursor.execute("drop table if exists pg_temp.carriers_verdict")
        cursor.execute(_VERDICTS.format(outranks=_outranks_sql()), {"as_of": as_of, "source": self._layout.key})
        cursor.execute("analyze carriers_verdict")
        cursor.execute("select verdict, count(*) from carriers_verdict group by verdict")
        found = dict(cursor.fetchall())
        counts.unchanged, counts.older = found.get("unchanged", 0), found.get("older", 0)
        counts.inserted = found.get("new", 0)
        if counts.inserted:
            self._insert(cursor, counts.inserted, as_of)
        if found.get("changed"):
            counts.updated = self._update(cursor, as_of)
            counts.unchanged += found["changed"] - counts.updated
        cursor.execute(_SOURCES, {"as_of": as_of, "source": self._layout.key})
        cursor.execute("drop table carriers_verdict")
        return counts, doubles

    def _leave_duplicates_out(self, cursor: CursorWrapper) -> list[Sequence[Any]]:
        newest = "mcs150_date desc nulls last, " if "mcs150_date" in self._facts else ""
        cursor.execute(
            f"""
            with doubles as (select dot_number from {TABLE} group by dot_number having count(*) > 1),
            ranked as (select row_no, row_number() over (partition by dot_number order by {newest}row_no desc) as place
                       from {TABLE} join doubles using (dot_number))
            delete from {TABLE} s using ranked r where s.row_no = r.row_no and r.place > 1
            returning s.row_no, s.dot_number, 'another row of the file has this number and a newer filing'
            """
        )
        return list(cursor.fetchall())

    def _insert(self, cursor: CursorWrapper, rows: int, as_of: date) -> None:
        names = ", ".join(self.staging_columns)
        cursor.execute("select count(*) from (select 1 from carriers_carrier limit %s) c", [rows])
        rebuild = cursor.fetchone()[0] * REINDEX_GROWTH < rows and rows > 50_000
        if rebuild:
            cursor.execute("select indexdef from pg_indexes where indexname = 'carriers_carrier_names'")
            definition = cursor.fetchone()
            cursor.execute("drop index if exists carriers_carrier_names")
        blank_names, blanks = _defaults(self.staging_columns)
        cursor.execute(
            f"""
            insert into carriers_carrier ({names}, source, source_date, first_seen_on{blank_names})
            select {names}, %s, %s, %s{blanks}
            from {TABLE} join carriers_verdict using (row_no) where verdict = 'new' order by dot_number
            """,
            [self._layout.key, as_of, as_of],
        )
        if rebuild and definition:
            cursor.execute(definition[0])

    def _update(self, cursor: CursorWrapper, as_of: date) -> int:
        if "mcs150_date" in self._facts:
            cursor.execute(_FORMER_FILINGS)
        cargo = {"cargo_mask", "cargo_known", "cargo_other"}
        values = {
            name: f"case when s.cargo_known then s.{name} else c.{name} end"
            if name in cargo and "cargo_known" in self._facts
            else f"s.{name}"
            for name in self._facts
        }
        cursor.execute("drop table if exists pg_temp.carriers_touched")
        cursor.execute(
            f"""
            create temp table carriers_touched as
            with touched as (
                update carriers_carrier c
                set {", ".join(f"{name} = {value}" for name, value in values.items())}, source = %s, source_date = %s
                from {TABLE} s join carriers_verdict v using (row_no)
                where v.verdict = 'changed' and c.dot_number = s.dot_number
                and ({", ".join(f"c.{name}" for name in values)}) is distinct from ({", ".join(values.values())})
                returning c.dot_number)
            select dot_number from touched
            """,
            [self._layout.key, as_of],
        )
        rederive(touched="carriers_touched", year=self._today.year, cut_offs=self._cut_offs)
        cursor.execute("select count(*) from carriers_touched")
        updated = int(cursor.fetchone()[0])
        cursor.execute("drop table carriers_touched")
        return updated

    def _fact_names(self) -> list[str]:
        names = set(self._from)
        if "phy_zip" in names:
            names.add("zip3")
        if self._layout.status_code:
            names.add("status_code")
        if self._classes or "classdef" in names:
            names |= {"classdef", *CLASS_FLAGS}
        if self._cargo:
            names |= {"cargo_mask", "cargo_known"}
        if self._dockets:
            names.add("dockets")
        return sorted(names)

    def _addresses(self, facts: dict[str, pa.Array]) -> None:
        blank = pa.array([""] * len(next(iter(facts.values()))), pa.string())
        state, country = facts.get("phy_state", blank), facts.get("phy_country", blank)
        in_us = addresses.us_rows(state, country)
        in_nanp = in_us | pc.is_in(country, pa.array(["", "CA", "PR"])).to_numpy(zero_copy_only=False)
        for name in PHONES:
            if name in facts:
                facts[name] = addresses.phones(facts[name], in_nanp)
        if "email" in facts:
            facts["email"] = pc.utf8_lower(facts["email"])
        if "phy_zip" in facts:
            facts["phy_zip"], facts["zip3"] = addresses.zip_codes(facts["phy_zip"], in_us)
        if "mail_zip" in facts:
            mail_us = addresses.us_rows(facts.get("mail_state", blank), facts.get("mail_country", blank))
            facts["mail_zip"], _ = addresses.zip_codes(facts["mail_zip"], mail_us)

    def _operation_classes(self, columns: Columns, facts: dict[str, pa.Array]) -> None:
        if self._classes:
            flags = [pc.fill_null(columns.boolean(name), False) for name in self._classes]
            words = [
                pc.if_else(flag, name.upper().replace("_", " "), "")
                for flag, name in zip(flags, self._classes, strict=True)
            ]
            facts["classdef"] = _joined(words)
        if "classdef" not in facts:
            return
        encoded = facts["classdef"].dictionary_encode()
        rows = [class_flags(text) for text in encoded.dictionary.to_pylist()]
        for place, name in enumerate(CLASS_FLAGS):
            facts[name] = pc.take(pa.array([row[place] for row in rows], pa.bool_()), encoded.indices)

    def _cargo_facts(self, columns: Columns, facts: dict[str, pa.Array]) -> None:
        if not self._cargo:
            return
        mask = np.zeros(columns.rows, dtype=np.int64)
        for each in self._cargo:
            if columns.is_blank(each.column):
                continue
            carried = pc.fill_null(columns.boolean(each.column), False).to_numpy(zero_copy_only=False)
            mask |= np.where(carried, each.bit, 0)
        facts["cargo_mask"] = pa.array(mask)
        known = pa.array(mask != 0)
        if self._layout.cargo_known and columns.has(self._layout.cargo_known):
            known = pc.or_(known, pc.fill_null(columns.boolean(self._layout.cargo_known), False))
        facts["cargo_known"] = known

    def _docket_texts(self, columns: Columns) -> pa.Array:
        texts = []
        for n in self._dockets:
            number = columns.text(f"docket{n}")
            prefix = columns.text(f"docket{n}prefix", upper=True) if columns.has(f"docket{n}prefix") else ""
            name = f"docket{n}_status_code"
            status = pc.binary_join_element_wise(":", columns.text(name, upper=True), "") if columns.has(name) else ""
            text = pc.binary_join_element_wise(prefix, number, status, "")
            texts.append(pc.if_else(pc.equal(number, ""), "", text))
        return _joined(texts)


def class_flags(classdef: str) -> tuple[bool | None, bool | None, bool | None, bool | None]:
    """(for hire, exempt for hire, private only, government) of an operation class list; a blank one says nothing."""
    words = {word.strip() for word in classdef.upper().split(";") if word.strip()}
    if not words:
        return None, None, None, None
    for_hire, exempt = "AUTHORIZED FOR HIRE" in words, "EXEMPT FOR HIRE" in words
    private = any(word.startswith("PRIVATE") for word in words)
    return for_hire, exempt, private and not for_hire and not exempt, any("GOVERNMENT" in word for word in words)


def _joined(texts: list[pa.Array]) -> pa.Array:
    """The texts of each row that are not blank, joined by semicolons.

    Not with null_handling="skip": that loses rows whose parts are all null.
    """
    parts = [pc.if_else(pc.equal(text, ""), "", pc.binary_join_element_wise(text, ";", "")) for text in texts]
    return pc.utf8_rtrim(pc.binary_join_element_wise(*parts, ""), characters=";")


def _outranks_sql() -> str:
    """Whether the layout that set a carrier on the same day knows more than this one."""
    ranks = " ".join(f"when '{layout.key}' then {layout.precedence}" for layout in layouts() if layout.kind == "census")
    return f"(case c.source {ranks} else 9 end) > (case %(source)s {ranks} else 9 end)"


def _defaults(given: Mapping[str, str]) -> tuple[str, str]:
    """Columns of the carrier table that this file does not speak of and that may not be null."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select attname, format_type(atttypid, atttypmod) from pg_attribute
            where attrelid = 'carriers_carrier'::regclass and attnum > 0 and not attisdropped and attnotnull
            """
        )
        missing = {
            name: "''" if kind == "text" else "false" if kind == "boolean" else "0"
            for name, kind in cursor.fetchall()
            if name not in given and name not in ("source", "source_date", "first_seen_on")
        }
    return "".join(f", {name}" for name in missing), "".join(f", {value}" for value in missing.values())


_VERDICTS = f"""
create temp table carriers_verdict as
select s.row_no, case
    when c.dot_number is null then 'new'
    when k.seen_on > %(as_of)s then 'older'
    when k.row_hash = s.row_hash then 'unchanged'
    when c.source_date > %(as_of)s then 'older'
    when c.source_date = %(as_of)s and {{outranks}} then 'older'
    else 'changed' end as verdict
from {TABLE} s
left join carriers_carrier c using (dot_number)
left join carriers_carriersource k on k.dot_number = s.dot_number and k.source = %(source)s
"""

_SOURCES = f"""
insert into carriers_carriersource as k (dot_number, source, row_hash, seen_on)
select dot_number, %(source)s, row_hash, %(as_of)s from {TABLE} join carriers_verdict using (row_no)
where verdict <> 'older'
on conflict (dot_number, source) do update set row_hash = excluded.row_hash, seen_on = excluded.seen_on
where (k.row_hash, k.seen_on) is distinct from (excluded.row_hash, excluded.seen_on)
"""

_FORMER_FILINGS = f"""
insert into carriers_carrierfiling (dot_number, mcs150_date, power_units, total_drivers, mileage, source)
select c.dot_number, c.mcs150_date, c.power_units, c.total_drivers, c.mileage, c.source
from {TABLE} s join carriers_verdict v using (row_no) join carriers_carrier c on c.dot_number = s.dot_number
where v.verdict = 'changed' and s.mcs150_date > c.mcs150_date
on conflict do nothing
"""
