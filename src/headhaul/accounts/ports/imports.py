"""What a room says about records of its own, so that files of them can be imported: fields, ways to find one again,
and how rows become records. Rooms register their importer when they are ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from headhaul.accounts.choices import ImportMode, OnDuplicate, RowResult
from headhaul.kernel import Actor


class Kind(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"  # in cents
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes_no"
    CHOICE = "choice"
    SEVERAL = "several"  # of a list
    WORDS = "words"
    DOT_NUMBER = "dot_number"
    STATE = "state"
    ZIP = "zip"
    EMAILS = "emails"
    PHONES = "phones"
    USER = "user"
    TEAM = "team"
    ZONE = "zone"
    DOCUMENT = "document"  # JSON


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that a column can be. `choices` maps what is stored to what people call it."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    group: str = ""
    synonyms: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)  # what files write → what is stored
    longest: int = 200
    hint: str = ""

    @property
    def takes_several(self) -> bool:
        """Whether more than one column can be this field."""
        return self.kind in (Kind.WORDS, Kind.SEVERAL, Kind.EMAILS, Kind.PHONES)


@dataclass(frozen=True, slots=True)
class MatchKey:
    """A way to tell that a row is a record we have; `needs` are the fields that say it, all of them."""

    key: str
    label: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: the field, what stands there, and a sentence."""

    field: str
    value: str
    reason: str


@dataclass(slots=True)
class ImportRow:
    """A row that could be read. A field that is not there was not given; None clears."""

    number: int
    values: dict[str, Any]


@dataclass(slots=True)
class Touched:
    """A record that a row made or changed; its id is known once the rows were written."""

    entity: str
    record: Any  # with id and version
    is_new: bool
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of a row."""

    row: int
    result: RowResult
    problems: list[Problem] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)
    name: str = ""  # of the record, for people

    @classmethod
    def failed(cls, row: int, *problems: Problem) -> Outcome:
        """A row that did not come in."""
        return cls(row, RowResult.FAILED, list(problems))


@dataclass(frozen=True, slots=True)
class Rules:
    """What an import may do, and on whose behalf. With `writes` off it only says what would happen, and remembers what
    it said, so that later rows are judged as if earlier ones had been written."""

    by: Actor
    writes: bool
    match_on: tuple[str, ...]
    mode: ImportMode = ImportMode.BOTH
    on_duplicate: OnDuplicate = OnDuplicate.SKIP
    fills_only: bool = False  # only what is empty is written
    creates_accounts: bool = True  # those that rows of other records name and that are not there
    source: str = "file"
    said_by: str = ""  # where consent was given, when no column says so
    file_name: str = ""
    batch_id: str = ""


class Session(Protocol):
    """One import's work on the records of a room."""

    def apply(self, rows: Sequence[ImportRow], *, at: datetime) -> list[Outcome]:
        """What becomes of these rows, in their order. Writes inside the transaction of the caller."""


class RecordImporter(Protocol):
    """What can be imported. One whose rows take much each, or belong together, has `at_once`: so many are a batch."""

    @property
    def key(self) -> str:
        """Its name on the wire."""

    @property
    def label(self) -> str:
        """What people call many of them."""

    @property
    def match_keys(self) -> Sequence[MatchKey]:
        """How a record is found again, the surest first."""

    def fields(self) -> Sequence[ImportField]:
        """What columns can be, with the firm's own fields."""

    def missing(self, given: Iterable[str]) -> str:
        """A sentence when these fields are not enough to make a record; "" when they are."""

    def session(self, rules: Rules) -> Session:
        """Begin an import."""


class Keeper(Protocol):
    """How the records of an entity are taken back. Both answer what was kept, by id, with the reason."""

    @property
    def entity(self) -> str:
        """Which records."""

    @property
    def depth(self) -> int:
        """How far they hang from accounts, which are 0: the deepest are taken back first."""

    def remove(self, versions: Mapping[int, int], *, by: Actor, at: datetime) -> dict[int, str]:
        """Remove records that still have these versions and on which nothing hangs."""

    def restore(self, records: Sequence[Restoring], *, batch_id: str, by: Actor, at: datetime) -> dict[int, str]:
        """Put back the values of before in fields that still hold what was imported."""


@dataclass(frozen=True, slots=True)
class Restoring:
    """A record whose former values are wanted back."""

    record_id: int
    before: dict[str, Any]
    after: dict[str, Any]


class Outgoing(Protocol):
    """How the records of an importer leave for another system."""

    def __call__(self, *, after: int, limit: int) -> list[Leaving]:
        """The next records, by id."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A record by the plan's column names. A value that is a pair (entity, id) is another record's id there.

    What is not among the columns is left there as it is. `beside` is what only files take: a base refuses columns that
    it does not have.
    """

    id: int
    columns: dict[str, Any]
    beside: dict[str, Any] = field(default_factory=dict)


_importers: dict[str, RecordImporter] = {}
_keepers: list[Keeper] = []
_listeners: list[Callable[[Any], None]] = []
_outgoing: dict[str, tuple[str, Outgoing]] = {}


def register(importer: RecordImporter, *keepers: Keeper) -> None:
    """Make records importable, and say how they are taken back."""
    _importers[importer.key] = importer
    _keepers.extend(keepers)


def importers() -> Mapping[str, RecordImporter]:
    """Everything that can be imported, by key."""
    return _importers


def keepers() -> Sequence[Keeper]:
    """Whom to ask when an import is taken back, in this order."""
    return sorted(_keepers, key=lambda keeper: -keeper.depth)


def tell_when_done(listener: Callable[[Any], None]) -> None:
    """Have `listener` called with every import that ended, in the transaction that ends it."""
    _listeners.append(listener)


def done(run: Any) -> None:
    """Tell whoever listens that an import ended."""
    for listener in _listeners:
        listener(run)


def register_outgoing(key: str, entity: str, rows: Outgoing) -> None:
    """Make the records of an importer exportable under the plan's column names."""
    _outgoing[key] = (entity, rows)


def outgoing() -> Mapping[str, tuple[str, Outgoing]]:
    """Importer's key → entity and its rows."""
    return _outgoing
