"""What rooms above lend to the rules: facts of their own records, for triggers that come with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from headhaul.pipeline.choices import RuleTrigger


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that conditions can ask for. `can_be_set`: whether set_field may write it."""

    field: str
    label: str
    kind: str
    choices: Mapping[str, str] = having(default_factory=dict)
    can_be_set: bool = False

    @property
    def of(self) -> str:
        """What it is a fact of: opportunity, account, activity, event, or a record that a room above lends."""
        return self.field.partition(".")[0]


class PastRecord(NamedTuple):
    """A record that one of the triggers came with."""

    at: datetime
    account_id: int
    record_id: int


class Records(Protocol):
    """A kind of record that comes with some triggers. Its facts are named `<kind>.<name>`."""

    kind: str
    triggers: frozenset[RuleTrigger]

    def facts(self, *, users: Mapping[str, str]) -> Sequence[Fact]:
        """What conditions can ask of it, here and now. `users`: names by id of those who work accounts."""
        ...

    def load(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        """What is known of each, by field name; those that are gone are left out."""
        ...

    def newest_of(self, account_id: int) -> int | None:
        """The account's latest one."""
        ...

    def past(self, trigger: RuleTrigger, *, since: datetime, most: int) -> Sequence[PastRecord]:
        """With what the trigger came since then, the newest first."""
        ...


_lent: dict[str, Records] = {}


def lend(records: Records) -> None:
    """Register a kind of record at start-up."""
    taken = records.triggers & {trigger for each in _lent.values() for trigger in each.triggers}
    if records.kind in _lent or taken:
        raise TypeError(f"{records.kind}: this kind, or one of its triggers, is lent already")
    _lent[records.kind] = records


def lent() -> Sequence[Records]:
    """All kinds."""
    return list(_lent.values())


def of_kind(kind: str) -> Records | None:
    """The kind of that name."""
    return _lent.get(kind)


def with_trigger(trigger: RuleTrigger) -> Records | None:
    """The kind that comes with this trigger."""
    return next((each for each in _lent.values() if trigger in each.triggers), None)
