"""Leads as columns with roles: features, an outcome, a time, a group. What a value means is decided here, once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from headhaul.advisor.leads.arrays import Flags, Floats, Places

NOT_GIVEN = frozenset(
    ["", "-", "--", "?", "n/a", "na", "nan", "none", "null", "nil", "select", "-- select --", "please select"]
)
"""How forms and exports say that nothing was given; a list's placeholder is no answer."""

NUMBERS_FROM = 0.98
"""A column is a number when at least this share of what is given reads as one, and it has more than two values."""


class Kind(StrEnum):
    """How a feature is read."""

    NUMBER = "number"
    SHARE = "share"  # a number that is one between 0 and 1 by its making: taken as it stands
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Column:
    """One feature: numbers with nan for what is missing, or words with None for it."""

    name: str
    kind: Kind
    numbers: Floats
    words: tuple[str | None, ...]

    def taken(self, places: Places | Flags) -> Column:
        """The same column of some rows."""
        if self.is_numeric:
            return Column(self.name, self.kind, self.numbers[places], ())
        kept = np.arange(len(self.words))[places]
        return Column(self.name, self.kind, self.numbers, tuple(self.words[place] for place in kept))

    @property
    def is_numeric(self) -> bool:
        """Whether `numbers` holds it, and not `words`."""
        return self.kind is not Kind.CATEGORY

    @property
    def given(self) -> Flags:
        """Which rows have a value."""
        if self.is_numeric:
            return ~np.isnan(self.numbers)
        return np.array([word is not None for word in self.words], dtype=bool)


@dataclass(frozen=True, slots=True)
class Table:
    """Leads whose outcome is known, oldest first."""

    columns: tuple[Column, ...]
    outcome: Floats
    time: Floats
    group: Places

    def __len__(self) -> int:
        return len(self.outcome)

    def taken(self, places: Places | Flags) -> Table:
        """The same table of some rows, in the order given."""
        return Table(
            tuple(column.taken(places) for column in self.columns),
            self.outcome[places],
            self.time[places],
            self.group[places],
        )

    @property
    def won(self) -> int:
        """How many converted."""
        return int(self.outcome.sum())

    @property
    def lost(self) -> int:
        """How many did not."""
        return len(self) - self.won


def number_of(value: Any) -> float:
    """A value as a number; nan for what is not given or is none."""
    if value is None or isinstance(value, bool):
        return math.nan if value is None else float(value)
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else math.nan
    text = str(value).strip().replace(",", "").removeprefix("$").removesuffix("%")
    try:
        read = float(text)
    except ValueError:
        return math.nan
    return read if math.isfinite(read) else math.nan


def word_of(value: Any) -> str | None:
    """A value as a word; None for what is not given."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    text = str(value).strip()
    return None if text.casefold() in NOT_GIVEN else text


def column(name: str, values: Sequence[Any], kind: Kind | None = None) -> Column:
    """A feature, its kind guessed by the stated rule unless it is given."""
    words = [word_of(value) for value in values]
    numbers = np.array(
        [math.nan if word is None else number_of(value) for word, value in zip(words, values, strict=True)]
    )
    given = sum(word is not None for word in words)
    if kind is None:
        read = int(np.count_nonzero(~np.isnan(numbers)))
        is_number = given > 0 and read >= NUMBERS_FROM * given and len(np.unique(numbers[~np.isnan(numbers)])) > 2
        kind = Kind.NUMBER if is_number else Kind.CATEGORY
    if kind is not Kind.CATEGORY:
        return Column(name, kind, numbers.astype(np.float64), ())
    return Column(name, kind, np.empty(0), tuple(words))


def table(
    *,
    features: Mapping[str, Sequence[Any]],
    outcome: Sequence[Any],
    time: Sequence[Any] | None = None,
    group: Sequence[Any] | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> Table:
    """Rows in order of time; without a time, in the order given. Rows of one time stay in the order given."""
    said = kinds or {}
    columns = tuple(column(name, values, said.get(name)) for name, values in features.items())
    many = len(outcome)
    when = np.arange(many, dtype=np.float64) if time is None else np.array([float(each) for each in time])
    known: dict[Any, int] = {}
    whose = range(many) if group is None else [known.setdefault(each, len(known)) for each in group]
    made = Table(columns, np.array([float(each) for each in outcome]), when, np.array(list(whose), dtype=np.intp))
    return made.taken(np.argsort(made.time, kind="stable"))
