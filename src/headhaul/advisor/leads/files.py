"""A file of leads, read by the roles of its columns. The rule by which roles are guessed is ROLE_RULE, as printed."""

from __future__ import annotations

import csv
import fnmatch
import gzip
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import numpy as np

from headhaul.advisor.leads.tables import NOT_GIVEN, NUMBERS_FROM, Kind, Table, number_of, table, word_of
from headhaul.kernel import InvalidData

ROLE_RULE = (
    "The outcome is --label, else the only column of two values that is called like one (converted, won, outcome, "
    "label, result, target, y). The time is --time, else the order of the file. A column is left out when it is named, "
    "the same in every row, never given, or an identifier: text that differs in 9 of 10 rows, or the column of the "
    f"time. It is a number when {NUMBERS_FROM:.0%} of what is given reads as one and it has more than two values, else "
    "a category. Empty, “Select”, “n/a” and the like count as not given."
)
CALLED = ("converted", "won", "outcome", "label", "result", "target", "y", "is_won", "conversion")
YES = frozenset(["1", "1.0", "yes", "y", "true", "t", "won", "win", "converted", "closed won", "success"])
NO = frozenset(["0", "0.0", "no", "n", "false", "f", "lost", "loss", "not converted", "closed lost", "failure"])
IDENTIFIER_FROM = 0.9
MOST_BYTES = 512 * 1024 * 1024
DAY_FORMATS = ("%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever starts it says about the columns; what is left empty is guessed."""

    label: str = ""
    positive: str = ""
    time: str = ""
    group: str = ""
    outcome_time: str = ""
    leave_out: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    horizon: float | None = None
    as_of: float | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """The leads of a file, with what was decided about it."""

    table: Table
    label: str
    positive: str
    time: str
    left_out: dict[str, str]
    notes: list[str] = field(default_factory=list)


def read(path: Path, asked: Asked) -> Read:
    """Refuses, in a sentence that names what would be right, what cannot be read as leads."""
    columns, many = _columns(path)
    label = _label(columns, asked)
    for name in filter(None, (asked.time, asked.group, asked.outcome_time)):
        _known(name, columns)
    words = [word_of(value) for value in columns[label]]
    positive = _positive(words, label, asked)
    when = [moment(value) for value in columns[asked.time]] if asked.time else [float(place) for place in range(many)]
    notes: list[str] = []
    kept = _kept(words, when, label, asked, notes)
    kept, outcome = _matured(kept, columns, words, positive, when, asked, notes)
    features, left_out = _features(columns, label, asked)
    kinds = dict.fromkeys(asked.numbers, Kind.NUMBER) | dict.fromkeys(asked.categories, Kind.CATEGORY)
    made = table(
        features={name: [values[place] for place in kept] for name, values in features.items()},
        outcome=outcome,
        time=[when[place] for place in kept],
        group=[columns[asked.group][place] for place in kept] if asked.group else None,
        kinds=kinds,
    )
    return Read(made, label, positive, asked.time or "order of the file", left_out, notes)


def moment(value: str) -> float:
    """A time as seconds, or a number as it stands; nan when it is neither."""
    read = number_of(value)
    if not math.isnan(read):
        return read
    text = str(value).strip()
    try:
        return _seconds(datetime.fromisoformat(text))
    except ValueError:
        pass
    for form in DAY_FORMATS:
        try:
            return _seconds(datetime.strptime(text.split(" ")[0], form))  # noqa: DTZ007 - a day, compared with its like
        except ValueError:
            continue
    return math.nan


def _seconds(read: datetime) -> float:
    naive = read if read.tzinfo is None else read.replace(tzinfo=None) - (read.utcoffset() or read - read)
    return (naive - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 - both are without a zone


def day(text: str) -> float:
    """A day given on the command line."""
    return _seconds(datetime.combine(date.fromisoformat(text), datetime.min.time()))


def is_date(value: str) -> bool:
    """Whether a time is one of the calendar, rather than a running number."""
    return math.isnan(number_of(value)) and not math.isnan(moment(value))


def _columns(path: Path) -> tuple[dict[str, list[str]], int]:
    text = _text(path)
    try:
        dialect = csv.Sniffer().sniff(text[:65536].split("\n", 1)[0], delimiters=",;\t|")
        delimiter = dialect.delimiter
    except csv.Error:
        delimiter = ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head = [name.strip() for name in next(rows)]
    except StopIteration:
        raise InvalidData(f"{path.name} is empty.", fields={"file": "a CSV with a head and rows"}) from None
    doubled = sorted({name for name in head if head.count(name) > 1})
    if doubled:
        raise InvalidData(f"{path.name} names a column twice: {', '.join(doubled)}.", fields={"file": "each name once"})
    found: list[list[str]] = [[] for _ in head]
    many = 0
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(head):
            said = f"Line {rows.line_num} of {path.name} has {len(row)} fields where the head has {len(head)}."
            raise InvalidData(said, fields={"file": f"{len(head)} fields in every line"})
        many += 1
        for values, cell in zip(found, row, strict=True):
            values.append(cell)
    return dict(zip(head, found, strict=True)), many


def _text(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            packed = opened.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, gzip.BadGzipFile) as problem:
        raise InvalidData(f"{path} cannot be read: {problem}.", fields={"file": "a CSV, plain or gzip"}) from problem
    if len(raw) > MOST_BYTES:
        raise InvalidData(f"{path.name} is larger than 512 MB.", fields={"file": "at most 512 MB, unpacked"})
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _known(name: str, columns: dict[str, list[str]]) -> str:
    if name not in columns:
        raise InvalidData(f"There is no column “{name}”.", fields={"column": f"one of: {', '.join(columns)}"})
    return name


def _label(columns: dict[str, list[str]], asked: Asked) -> str:
    if asked.label:
        return _known(asked.label, columns)
    likely = [
        name
        for name, values in columns.items()
        if name.strip().casefold().replace(" ", "_") in CALLED
        and len({word for value in values if (word := word_of(value)) is not None}) <= 2
    ]
    if len(likely) != 1:
        said = (
            "No column looks like the outcome." if not likely else f"Several may be the outcome: {', '.join(likely)}."
        )
        raise InvalidData(f"{said} Name it with --label.", fields={"label": f"one of: {', '.join(columns)}"})
    return likely[0]


def _positive(words: Sequence[str | None], label: str, asked: Asked) -> str:
    seen = sorted({word for word in words if word is not None})
    if asked.positive:
        return asked.positive
    if len(seen) > 2:
        said = f"“{label}” has {len(seen)} values; an outcome has two. Name the one that counts as won with --positive."
        raise InvalidData(said, fields={"positive": f"one of: {', '.join(seen[:20])}"})
    yes = [word for word in seen if word.casefold() in YES]
    if len(yes) == 1:
        return yes[0]
    if len(seen) == 1 and seen[0].casefold() in NO:
        return ""
    if not seen:
        return ""
    said = f"Which of “{', '.join(seen)}” in “{label}” counts as won is not clear. Name it with --positive."
    raise InvalidData(said, fields={"positive": f"one of: {', '.join(seen)}"})


def _kept(words: Sequence[str | None], when: Sequence[float], label: str, asked: Asked, notes: list[str]) -> list[int]:
    kept = [place for place, word in enumerate(words) if word is not None and not math.isnan(when[place])]
    untold = sum(word is None for word in words)
    untimed = len(words) - untold - len(kept)
    if untold:
        notes.append(f"{untold:,} rows have no {label} yet and are left out.")
    if untimed:
        notes.append(f"{untimed:,} rows have no readable {asked.time} and are left out.")
    return kept


def _matured(
    kept: list[int],
    columns: dict[str, list[str]],
    words: Sequence[str | None],
    positive: str,
    when: Sequence[float],
    asked: Asked,
    notes: list[str],
) -> tuple[list[int], list[bool]]:
    """Won within the horizon or not; a lead younger than that has no outcome yet."""
    outcome = {place: words[place] == positive and bool(positive) for place in kept}
    if asked.horizon is None or not kept:
        return kept, [outcome[place] for place in kept]
    in_days = bool(asked.time) and is_date(columns[asked.time][kept[0]])
    length = asked.horizon * (86_400 if in_days else 1)
    newest = asked.as_of if asked.as_of is not None else max(when[place] for place in kept)
    old = [place for place in kept if newest - when[place] >= length]
    if len(old) < len(kept):
        notes.append(f"{len(kept) - len(old):,} rows are younger than the horizon: no outcome can be told of them yet.")
    if asked.outcome_time:
        for place in old:
            ended = moment(columns[asked.outcome_time][place])
            outcome[place] = outcome[place] and not math.isnan(ended) and ended - when[place] <= length
    return old, [outcome[place] for place in old]


def _features(columns: dict[str, list[str]], label: str, asked: Asked) -> tuple[dict[str, list[str]], dict[str, str]]:
    for pattern in (*asked.leave_out, *asked.only, *asked.numbers, *asked.categories):
        if not fnmatch.filter(columns, pattern):
            _known(pattern, columns)
    roles = {label: "the outcome", asked.time: "the time", asked.group: "the group", asked.outcome_time: "its time"}
    features, left_out = {}, {}
    for name, values in columns.items():
        if name in roles:
            left_out[name] = roles[name]
        elif any(fnmatch.fnmatchcase(name, pattern) for pattern in asked.leave_out):
            left_out[name] = "left out by name"
        elif asked.only and not any(fnmatch.fnmatchcase(name, pattern) for pattern in asked.only):
            left_out[name] = "not among those named"
        elif name not in asked.categories and _is_identifier(values):
            left_out[name] = "an identifier"
        else:
            features[name] = values
    return features, left_out


def _is_identifier(values: Sequence[str]) -> bool:
    given = [value for value in values if value.strip().casefold() not in NOT_GIVEN]
    if len(given) < 20:
        return False
    numbers = np.array([number_of(value) for value in given])
    is_text = bool(np.isnan(numbers).mean() > 1 - NUMBERS_FROM)
    return is_text and len(set(given)) > IDENTIFIER_FROM * len(given)
