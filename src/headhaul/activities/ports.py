"""What rooms above fill in: whose an opportunity is, and what else happened with an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from headhaul.kernel import Actor, NotFound


class Opportunities(Protocol):
    """Knows the account of an opportunity."""

    def account_of(self, opportunity_id: int, *, by: Actor) -> int:
        """The account of an opportunity that this actor sees; NotFound for every other."""
        ...


class _NoOpportunities:
    def account_of(self, opportunity_id: int, *, by: Actor) -> int:
        raise NotFound(f"There is no opportunity {opportunity_id}.", fields={"opportunityId": "unknown"})


_opportunities: Opportunities = _NoOpportunities()


def install_opportunities(known: Opportunities) -> None:
    """Say who knows about opportunities."""
    global _opportunities
    _opportunities = known


def opportunities() -> Opportunities:
    """Who knows about opportunities; without a pipeline there are none."""
    return _opportunities


SHOWN_BY = "shown_by"
"""In an activity's data: the name of the source that shows it, so that the timeline has it once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks the timeline for. An account is always known, unless it is one opportunity's timeline."""

    account_id: int | None = None
    contact_id: int | None = None
    opportunity_id: int | None = None
    kinds: frozenset[str] = frozenset()
    user_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    is_manager: bool = False

    @property
    def pattern(self) -> str:
        """The text as LIKE reads it, finding nothing but itself."""
        plain = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"%{plain}%"


@dataclass(slots=True)
class Branch:
    """One source's part of the query: rows of a table, newest first, each with a time and an id.

    `at` and `id` are expressions over `table` that an index has in this order; `where` are conditions of fixed text
    with their parameters. Where several rows are one entry, a condition leaves all out but the last.
    """

    table: str
    at: str
    id: str
    where: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    def add(self, condition: str, *parameters: Any) -> None:
        """And a condition."""
        self.where.append(condition)
        self.parameters.extend(parameters)


class Source(Protocol):
    """One place entries come from. The name is stored in cursors: never change it."""

    @property
    def name(self) -> str:
        """A word of its own."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds of entries come from it."""
        ...

    def branch(self, wanted: Wanted) -> Branch | None:
        """Where its entries are; None when nothing of it can be wanted."""
        ...

    def detail(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """A query for one JSON object with what an entry shows, given `k.id` and `k.at`, and its parameters."""
        ...

    def entry(self, shown: dict[str, Any], *, by: Actor) -> dict[str, Any]:
        """From that object to the fields of a TimelineEntry, but for `id` and `at`."""
        ...


_sources: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Let a room's entries stand in every timeline from now on."""
    _sources[source.name] = source


def sources() -> Sequence[Source]:
    """All sources in the order in which entries of one instant stand."""
    return [_sources[name] for name in sorted(_sources)]
