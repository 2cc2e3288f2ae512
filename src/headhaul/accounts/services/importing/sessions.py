"""What every import of records does alike: find the record of a row, compare, and write a batch in a few statements.

Rows are judged one after the other against records held here, so that a later row sees what an earlier one did. A real
import writes after each batch and forgets; one that only says what would happen remembers to its end.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import ImportMode, OnDuplicate, RowResult
from headhaul.accounts.ports.imports import ImportRow, Outcome, Problem, Rules, Touched
from headhaul.accounts.services.importing import external
from headhaul.accounts.services.importing.writing import plain

CUSTOM = "custom."
EMPTY_VALUES: tuple[Any, ...] = (None, "", [], {})


@dataclass(slots=True, eq=False)
class Record:
    """A record as this import knows it. `was` holds what the batch changed, as it was before the batch."""

    id: int
    version: int
    values: dict[str, Any]
    is_new: bool = False
    was: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """A value; None for what was never set."""
        return self.values.get(name)


class Refusal(Exception):
    """The row cannot come in; it says why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].reason)
        self.problems = list(problems)


class Changed(Exception):
    """Somebody was faster with a record of this batch: the batch has to be done again."""


class RecordSession(ABC):
    """The base of all sessions. A room says how to load, to compute values and to write."""

    entity = ""
    one = "record"

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.at: datetime
        self.index: dict[tuple[str, Any], list[Record]] = defaultdict(list)
        self.records: dict[int, Record] = {}
        self.made: list[Record] = []
        self.changed: list[Record] = []
        self.names: dict[str, Record] = {}  # ids of the other system that this batch is to remember
        self.known_as = self.entity  # under what the other system's ids are kept
        self._next = -1

    # ── What a room says ────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def load(self, rows: Sequence[ImportRow]) -> None:
        """Bring the records that the rows may mean into the index, locked when they will be written."""

    @abstractmethod
    def key_of(self, key: str, row: ImportRow) -> Any:
        """What the row says under a match key; None when it says nothing."""

    @abstractmethod
    def values_of(self, row: ImportRow, record: Record | None) -> dict[str, Any]:
        """The values that the row gives, with what follows from them. Refusal when they cannot be so."""

    @abstractmethod
    def keys_of(self, record: Record) -> Iterable[tuple[str, Any]]:
        """Under which keys a record is found again."""

    @abstractmethod
    def write(self) -> None:
        """Write `made` and `changed`, and give the made ones their ids."""

    def fits(self, key: str, record: Record, row: ImportRow) -> bool:
        """Whether a record found by this key may be the row's."""
        return True

    @abstractmethod
    def check_new(self, values: Mapping[str, Any]) -> None:
        """Refusal when a record cannot be made of these values."""

    def may_repeat(self, record: Record, row: ImportRow) -> bool:
        """Whether a second record like this one may be made."""
        return True

    def name_of(self, record: Record) -> str:
        """What people call it."""
        return str(record.get("name") or record.id)

    # ── What all do alike ───────────────────────────────────────────────────────────────────────────────────────────

    def apply(self, rows: Sequence[ImportRow], *, at: datetime) -> list[Outcome]:
        """What becomes of these rows, in their order."""
        self.at = at
        self.load(rows)
        outcomes = [self.judged(row) for row in rows]
        self.finish()
        return outcomes

    def finish(self) -> None:
        """Write what was decided and forget it, or only remember it."""
        if self.rules.writes:
            self.write()
            external.remember(
                source=self.rules.source,
                entity=self.known_as,
                ids={name: record.id for name, record in self.names.items()},
                at=self.at,
            )
            self.index.clear()
            self.records.clear()
        for record in (*self.made, *self.changed):
            record.was, record.is_new = {}, False
        self.made, self.changed, self.names = [], [], {}

    def judged(self, row: ImportRow) -> Outcome:
        """The outcome of one row."""
        try:
            return self.one_row(row)
        except Refusal as refusal:
            return Outcome.failed(row.number, *refusal.problems)

    def one_row(self, row: ImportRow) -> Outcome:
        """Find, compare, decide."""
        record = self.find(row)
        if record is not None and self.rules.mode is ImportMode.CREATE:
            if self.rules.on_duplicate is OnDuplicate.SKIP or not self.may_repeat(record, row):
                return self._skipped(row, f"{self.name_of(record)} is there already")
            record = None
        if record is None and self.rules.mode is ImportMode.UPDATE:
            return self._skipped(row, f"there is no such {self.one} to update")
        values = self.values_of(row, record)
        return self.create(row, values) if record is None else self.change(row, record, values)

    def find(self, row: ImportRow) -> Record | None:
        """The record the row means, by the first key that finds one. Refusal when a key finds several."""
        for key in ("externalId", *self.rules.match_on):
            said = self.key_of(key, row)
            if said is None:
                continue
            found = [record for record in self.index.get((key, said), ()) if self.fits(key, record, row)]
            if len(found) > 1:
                told = f"{len(found)} {self.one}s fit; give another field that tells them apart"
                raise Refusal(Problem(key, str(said), told))
            if found:
                return found[0]
        return None

    def create(self, row: ImportRow, values: dict[str, Any]) -> Outcome:
        """A new record of these values."""
        given = {name: value for name, value in values.items() if value is not None}
        self.check_new(given)
        record = Record(self._new_id(), 1, given, is_new=True)
        self.made.append(record)
        self.put(record)
        self._name(row, record)
        touched = Touched(self.entity, record, True)
        return Outcome(row.number, RowResult.CREATED, touched=[touched], name=self.name_of(record))

    def change(self, row: ImportRow, record: Record, values: Mapping[str, Any]) -> Outcome:
        """What differs is taken over."""
        self._name(row, record)
        before: dict[str, Any] = {}
        for name, value in values.items():
            old = record.get(name)
            if old == value or (old in EMPTY_VALUES and value in EMPTY_VALUES):
                continue
            if self.rules.fills_only and old not in EMPTY_VALUES and not isinstance(value, list):
                continue
            before[name] = old
        if not before:
            return Outcome(row.number, RowResult.UNCHANGED, name=self.name_of(record))
        for name, old in before.items():
            record.was.setdefault(name, old)
            record.values[name] = values[name]
        if not record.is_new and record not in self.changed:
            record.version += 1
            self.changed.append(record)
        self.put(record)
        after = {name: plain(values[name]) for name in before}
        touched = Touched(self.entity, record, False, {name: plain(old) for name, old in before.items()}, after)
        return Outcome(row.number, RowResult.UPDATED, touched=[touched], name=self.name_of(record))

    def put(self, record: Record) -> None:
        """Make a record findable."""
        self.records[record.id] = record
        for key in self.keys_of(record):
            if record not in self.index[key]:
                self.index[key].append(record)

    def know_names(self, known: Mapping[str, int]) -> None:
        """Make records findable by what the other system calls them."""
        for name, key in known.items():
            if key in self.records and ("externalId", name) not in self.index:
                self.index[("externalId", name)] = [self.records[key]]

    def check_required(self, labels: Mapping[str, str], values: Mapping[str, Any]) -> None:
        """Refusal for a new record without what the firm requires."""
        missing = [Problem(key, "", f"{label} is required") for key, label in labels.items() if key not in values]
        if missing:
            raise Refusal(*missing)

    def take_ids(self, ids: Sequence[int]) -> None:
        """Give the made records the ids they are written with."""
        for record, key in zip(self.made, ids, strict=True):
            record.id = key

    def _new_id(self) -> int:
        self._next -= 1
        return self._next

    def _name(self, row: ImportRow, record: Record) -> None:
        if (name := row.values.get("externalId")) and self.index.get(("externalId", name), [None])[0] is not record:
            self.index[("externalId", name)] = [record]
            self.names[name] = record

    def _skipped(self, row: ImportRow, why: str) -> Outcome:
        return Outcome(row.number, RowResult.SKIPPED, [Problem("", "", why)])


def custom_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The custom fields among flat values, as their column holds them."""
    return {
        name.removeprefix(CUSTOM): plain(value)
        for name, value in values.items()
        if name.startswith(CUSTOM) and value is not None
    }


def flat(custom: str) -> dict[str, Any]:
    """A column of custom fields, as the database sends it, as flat values."""
    return {CUSTOM + key: value for key, value in json.loads(custom).items()}
