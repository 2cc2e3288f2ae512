"""The invented people and sentences, and the deals as stories, from examples/sales."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from headhaul.config.demo.examples import folder


@dataclass(frozen=True, slots=True)
class Story:
    """A deal as the file tells it; days count back from its end, or for what is open from the start's day."""

    owner: str
    what: str
    opened: int
    closes: int
    amount: int | None = None  # dollars
    path: list[tuple[int, str]] = field(default_factory=list)
    pushed: list[tuple[int, int]] = field(default_factory=list)
    ends: tuple[str, float] | None = None
    next: str = ""
    next_in: int = 0
    competitor: str = ""
    guarantee: int | None = None
    reason: str = ""
    said: str = ""
    quiet: int = 0
    ghosted: bool = False
    no_decision_maker: bool = False
    do_not_contact: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """A lead as the file tells it; without a company it is a carrier of the market."""

    event: str
    ago: int  # days before the start
    note: str = ""
    then: str = ""
    why: str = ""
    company: str = ""
    trucks: int | None = None
    state: str | None = None
    junk: bool = False
    deal: Story | None = None


@cache
def words() -> dict[str, Any]:
    """Names and sentences."""
    return _read("words.toml")


@cache
def stories() -> list[Story]:
    """The deals, those that are open first."""
    return [Story(**deal) for deal in _read("deals.toml")["deals"]]


@cache
def leads() -> dict[str, Any]:
    """Events with what they cost, and what is known of competitors."""
    return _read("leads.toml")


@cache
def meetings() -> list[Met]:
    """Everybody they met, in the order of the file."""
    return [Met(**lead | {"deal": _story(lead["deal"]) if "deal" in lead else None}) for lead in leads()["leads"]]


def _story(deal: dict[str, Any]) -> Story:
    return Story(owner="", **deal)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((folder() / "sales" / name).read_text(encoding="utf-8"))
