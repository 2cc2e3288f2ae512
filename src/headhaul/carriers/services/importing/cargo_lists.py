"""Cargo lists written as text: they add cargo to carriers of the census."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.backends.utils import CursorWrapper

from headhaul.carriers.choices import CutOffs
from headhaul.carriers.services.derivation import rederive
from headhaul.carriers.services.equipment import parse_cargo_list
from headhaul.carriers.services.importing.fields import Columns
from headhaul.carriers.services.importing.layouts import Layout
from headhaul.carriers.services.importing.staging import TABLE, Counts, Staged


class CargoLists:
    """A file of DOT numbers and cargo texts."""

    staging_columns: Mapping[str, str] = {"dot_number": "integer", "cargo_mask": "integer", "cargo_other": "text"}

    def __init__(self, layout: Layout, *, today: date, cut_offs: CutOffs) -> None:
        self._layout, self._today, self._cut_offs = layout, today, cut_offs
        self.wanted = {layout.dot_number, layout.columns["cargo"]}

    def normalise(self, columns: Columns) -> Staged:
        """Masks of the official names; what no name explains goes to the free text."""
        encoded = columns.text(self._layout.columns["cargo"]).dictionary_encode()
        parsed = [parse_cargo_list(text) for text in encoded.dictionary.to_pylist()]
        masks = pa.array([mask for mask, _ in parsed], pa.int64())
        others = pa.array([other.upper() for _, other in parsed], pa.string())
        return Staged(
            {
                "dot_number": pa.array(columns.key(self._layout.dot_number)),
                "cargo_mask": pc.take(masks, encoded.indices),
                "cargo_other": pc.take(others, encoded.indices),
            }
        )

    def newest_date(self, cursor: CursorWrapper) -> date | None:
        """The file has no dates of its own."""
        return None

    def apply(self, cursor: CursorWrapper, *, as_of: date) -> tuple[Counts, list[Sequence[Any]]]:
        """Cargo of carriers we have; a blank list is no news."""
        counts = Counts()
        cursor.execute(
            f"""
            delete from {TABLE} s using (
                select row_no, row_number() over (partition by dot_number order by row_no desc) as place from {TABLE}) r
            where s.row_no = r.row_no and r.place > 1
            returning s.row_no, s.dot_number, 'a later row of the file has this number'
            """
        )
        doubles = list(cursor.fetchall())
        counts.duplicates = len(doubles)
        parameters: dict[str, date | str] = {"as_of": as_of, "source": self._layout.key}
        cursor.execute("drop table if exists pg_temp.carriers_verdict")
        cursor.execute(_VERDICTS, parameters)
        cursor.execute("select verdict, count(*) from carriers_verdict group by verdict")
        found = dict(cursor.fetchall())
        counts.unchanged, counts.older = found.get("unchanged", 0), found.get("older", 0)
        if unknown := found.get("unknown", 0):
            counts.unchanged += unknown
            counts.notes.append(
                f"{unknown:,} carriers are not in the census yet; import the census first, then this again."
            )
        cursor.execute("drop table if exists pg_temp.carriers_touched")
        cursor.execute(_UPDATE)
        rederive(touched="carriers_touched", year=self._today.year, cut_offs=self._cut_offs)
        cursor.execute("select count(*) from carriers_touched")
        counts.updated = int(cursor.fetchone()[0])
        counts.unchanged += found.get("changed", 0) - counts.updated
        cursor.execute(_SOURCES, parameters)
        cursor.execute("drop table carriers_touched")
        cursor.execute("drop table carriers_verdict")
        return counts, doubles


_VERDICTS = f"""
create temp table carriers_verdict as
select s.row_no, case
    when c.dot_number is null then 'unknown'
    when k.seen_on > %(as_of)s then 'older'
    when k.row_hash = s.row_hash or s.cargo_mask = 0 then 'unchanged'
    else 'changed' end as verdict
from {TABLE} s
left join carriers_carrier c using (dot_number)
left join carriers_carriersource k on k.dot_number = s.dot_number and k.source = %(source)s
"""

_UPDATE = f"""
create temp table carriers_touched as
with touched as (
    update carriers_carrier c
    set cargo_mask = s.cargo_mask, cargo_other = coalesce(nullif(s.cargo_other, ''), c.cargo_other), cargo_known = true
    from {TABLE} s join carriers_verdict v using (row_no)
    where v.verdict = 'changed' and c.dot_number = s.dot_number
    and (c.cargo_mask, c.cargo_other, c.cargo_known)
        is distinct from (s.cargo_mask, coalesce(nullif(s.cargo_other, ''), c.cargo_other), true)
    returning c.dot_number)
select dot_number from touched
"""

_SOURCES = f"""
insert into carriers_carriersource as k (dot_number, source, row_hash, seen_on)
select dot_number, %(source)s, row_hash, %(as_of)s from {TABLE} join carriers_verdict using (row_no)
where verdict in ('changed', 'unchanged')
on conflict (dot_number, source) do update set row_hash = excluded.row_hash, seen_on = excluded.seen_on
where (k.row_hash, k.seen_on) is distinct from (excluded.row_hash, excluded.seen_on)
"""
