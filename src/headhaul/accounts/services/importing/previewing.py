"""What a file would become: the proposed mapping, the first rows as they would end, and what does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from headhaul.accounts.choices import RowResult
from headhaul.accounts.errors import ImportNotReady
from headhaul.accounts.ports.imports import ImportField, Kind, Rules
from headhaul.accounts.schemas.imports import (
    FieldChoice,
    ImportPreview,
    MatchChoice,
    Misfit,
    PreviewColumn,
    PreviewRow,
    WhatToImport,
)
from headhaul.accounts.services.importing import dates, headings, reading
from headhaul.accounts.services.importing.cells import Phone
from headhaul.accounts.services.importing.columns import Columns, Seen, columns_of, look
from headhaul.accounts.services.importing.engine import Judged, Work
from headhaul.accounts.services.importing.reading import Line, Table
from headhaul.accounts.services.importing.runs import importer_of
from headhaul.actions.services import uploads
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.places import STATES

SAMPLE = 1_000
SHOWN = 8


@contextmanager
def table_of(asked: WhatToImport) -> Iterator[tuple[Table, str, Path | None]]:
    """The rows that were given, the name of their file, and where it lies."""
    if (asked.upload_id is None) == (asked.rows is None):
        raise InvalidData("Upload a file and give its uploadId, or give rows.", fields={"uploadId": "one of the two"})
    if asked.rows is not None:
        if not asked.rows or not any(asked.rows):
            raise InvalidData("There is no row to import.", fields={"rows": "at least one, with a column"})
        yield reading.of_rows(asked.rows), "rows of the call", None
        return
    assert asked.upload_id is not None
    upload, path = uploads.find(asked.upload_id)
    with reading.opened(path, name=upload.filename, sheet=asked.sheet) as table:
        yield table, upload.filename, path


class Plan:
    """How a table will be read: the mapping, the options with what the sample shows, and the keys to match on."""

    def __init__(self, *, asked: WhatToImport, table: Table, by: Actor) -> None:
        self.importer = importer_of(asked.entity)
        self.fields = list(self.importer.fields())
        self.table = table
        self.proposal = headings.propose(importer=self.importer, columns=table.columns, by=by)
        self.mapping = dict(self.proposal.mapping) if asked.mapping is None else dict(asked.mapping)
        self.sample: list[Line] = list(islice(table.lines, SAMPLE))
        self.options: dict[str, Any] = asked.model_dump(
            mode="json",
            include={"sheet", "on_duplicate", "fills_only", "clear_blanks", "creates_accounts", "value_fixes",
                     "consent_source", "timezone"},
        )  # fmt: skip
        columns = self.columns({})
        self.seen = look(columns, table.columns, self.sample)
        orders = {name: seen.order for name, seen in self.seen.items() if seen.order in (dates.MDY, dates.DMY)}
        remembered = self.proposal.options.get("date_orders", {}) if asked.mapping is None else {}
        assert isinstance(remembered, Mapping)
        unclear = {name: order for name, order in remembered.items() if self._is_unclear(name)}
        self.options["date_orders"] = {**orders, **unclear, **asked.date_orders}
        self.options["match_on"] = list(asked.match_on) if asked.match_on is not None else self.possible_keys()

    def possible_keys(self) -> list[str]:
        """The match keys that the mapped columns allow, the surest first."""
        mapped = {key for key in self.mapping.values() if key}
        if "mobiles" in mapped:
            mapped.add("phones")
        if {"firstName", "lastName"} & mapped:
            mapped.add("name")
        return [key.key for key in self.importer.match_keys if set(key.needs) <= mapped]

    def missing(self) -> str:
        """What has to be said before anything can be imported."""
        try:
            headings.check(importer=self.importer, columns=self.table.columns, mapping=self.mapping)
        except ImportNotReady as fault:
            return fault.message
        return ""

    def unclear(self) -> list[str]:
        """Columns of dates that could be read in two ways, and nobody said which."""
        return [name for name in self.seen if self._is_unclear(name) and name not in self.options["date_orders"]]

    def check(self, *, mode: str) -> None:
        """Raise ImportNotReady unless all is said."""
        self.mapping = headings.check(importer=self.importer, columns=self.table.columns, mapping=self.mapping)
        if unclear := self.unclear():
            column = unclear[0]
            value = next((each for each in self.seen[column].samples), "")
            raise ImportNotReady(
                f"{column} has dates like {value}. Say whether the month or the day comes first.",
                fields={"dateOrders": f"{column}: mdy or dmy"},
            )
        known = {key.key for key in self.importer.match_keys}
        if strange := [key for key in self.options["match_on"] if key not in known]:
            raise ImportNotReady(f"There is no match key {strange[0]}.", fields={"matchOn": ", ".join(known)})
        if mode == "update" and not self.options["match_on"] and "externalId" not in self.mapping.values():
            raise ImportNotReady(
                "No column says which records to update.", fields={"matchOn": "a key whose columns are mapped"}
            )

    def look_ahead(self, *, rules: Rules, at: datetime) -> tuple[Judged, Columns]:
        """What would become of the sample."""
        columns = self.columns(self.options["date_orders"])
        return Work(importer=self.importer, columns=columns, rules=rules).judge(self.sample, at=at), columns

    def columns(self, orders: Mapping[str, str]) -> Columns:
        """How cells become values, as far as the mapping can be believed."""
        fields = {field.key for field in self.fields}
        usable = {name: key for name, key in self.mapping.items() if key in fields}
        return columns_of(
            fields=self.fields,
            headers=self.table.columns,
            mapping=usable,
            options={**self.options, "date_orders": orders},
        )

    def _is_unclear(self, name: str) -> bool:
        return name in self.seen and self.seen[name].order == dates.UNCLEAR


def rules_for(plan: Plan, *, asked: WhatToImport, file_name: str, by: Actor) -> Rules:
    """Rules that only say what would happen."""
    return Rules(
        by=by, writes=False, match_on=tuple(plan.options["match_on"]), mode=asked.mode,
        on_duplicate=asked.on_duplicate, fills_only=asked.fills_only, creates_accounts=asked.creates_accounts,
        source=asked.external_source, said_by=asked.consent_source, file_name=file_name,
    )  # fmt: skip


def preview(*, asked: WhatToImport, by: Actor, at: datetime) -> ImportPreview:
    """Look at a file without writing anything."""
    with table_of(asked) as (table, name, _):
        plan = Plan(asked=asked, table=table, by=by)
        missing = plan.missing()
        batch, columns = Judged([]), plan.columns(plan.options["date_orders"])
        if not missing:
            batch, columns = plan.look_ahead(rules=rules_for(plan, asked=asked, file_name=name, by=by), at=at)
        misfits = _misfits(batch, plan)
        wrong = Counter(problem.field for outcome in batch.outcomes for problem in outcome.problems)
        return ImportPreview(
            entity=asked.entity,
            title=plan.importer.label,
            file_name=name,
            sheets=table.sheets,
            sheet=table.sheet,
            columns=[_column(name, plan, plan.seen[name], wrong[name]) for name in table.columns],
            fields=[_choice(field) for field in plan.fields],
            match_keys=_keys(plan),
            remembered=plan.proposal.remembered if asked.mapping is None else "",
            missing=missing,
            rows_looked_at=len(plan.sample),
            rows_total=table.total if len(plan.sample) == SAMPLE else len(plan.sample),
            counts={str(result): batch.counts.get(str(result), 0) for result in RowResult},
            rows=_rows(batch, columns, plan),
            misfits=misfits,
        )


def _column(name: str, plan: Plan, seen: Seen, problems: int) -> PreviewColumn:
    order = plan.options["date_orders"].get(name) or seen.order
    kinds = {field.key: field.kind for field in plan.fields}
    is_date = kinds.get(plan.mapping.get(name, "")) in (Kind.DATE, Kind.MOMENT)
    return PreviewColumn(
        column=name,
        field=plan.mapping.get(name, ""),
        samples=seen.samples,
        blank=seen.blank,
        problems=problems,
        date_order=order if is_date else "",
    )


def _choice(field: ImportField) -> FieldChoice:
    return FieldChoice(
        key=field.key, label=field.label, group=field.group, kind=str(field.kind), hint=field.hint,
        choices=dict(field.choices),
    )  # fmt: skip


def _keys(plan: Plan) -> list[MatchChoice]:
    possible = plan.possible_keys()
    return [
        MatchChoice(
            key=key.key,
            label=key.label,
            is_possible=key.key in possible,
            is_chosen=key.key in plan.options["match_on"],
        )
        for key in plan.importer.match_keys
    ]


def _misfits(batch: Judged, plan: Plan) -> list[Misfit]:
    fields = {field.key: field for field in plan.fields}
    counted = Counter(
        (problem.field, problem.value, problem.reason)
        for outcome in batch.outcomes
        for problem in outcome.problems
        if problem.field and problem.value
    )
    found = []
    for (column, value, reason), rows in counted.most_common(50):
        field = fields.get(plan.mapping.get(column, ""))
        found.append(
            Misfit(
                column=column, field=field.key if field else "", value=value, reason=reason, rows=rows,
                choices=_words_of(field) if field else {},
            )
        )  # fmt: skip
    return found


def _words_of(field: ImportField) -> dict[str, str]:
    """What a value can be, where that is a list."""
    if field.kind is Kind.STATE:
        return {code: state.name for code, state in STATES.items()}
    return dict(field.choices)


def _rows(batch: Judged, columns: Columns, plan: Plan) -> list[PreviewRow]:
    labels = {field.key: field.label for field in plan.fields}
    wrong = [place for place, outcome in enumerate(batch.outcomes) if outcome.problems][: SHOWN // 2]
    others = [place for place in range(len(batch.outcomes)) if place not in wrong][: SHOWN - len(wrong)]
    shown = []
    for place in sorted([*wrong, *others]):
        line, outcome = batch.lines[place], batch.outcomes[place]
        row, _ = columns.read(line)
        values = {labels[key]: said(value) for key, value in row.values.items() if value not in (None, "")}
        reasons = [f"{p.field}: {p.reason}" if p.field else p.reason for p in outcome.problems]
        shown.append(
            PreviewRow(line=line.line, result=outcome.result, name=outcome.name, values=values, reasons=reasons)
        )
    return shown


def said(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, list):
        return ", ".join(said(each) for each in value)
    if isinstance(value, Phone):
        return f"{value.number} ext. {value.extension}" if value.extension else value.number
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (date, datetime)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)[:200]
