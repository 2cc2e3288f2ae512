"""From filters to SQL: the conditions that lists of several kinds share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.days import resolved, start_of, zone_named

_HOST = """reverse(split_part(e.address, '@', 2)) collate "C\""""
# An e-mail (`e`) at a domain or under it: read backwards, both begin with the domain. Its parameters: `at_domain`.
AT_DOMAIN = f"{_HOST} >= %s and {_HOST} < %s and left({_HOST}, %s) in (%s, %s)"


def at_domain(domain: str) -> list[Any]:
    """The parameters of AT_DOMAIN."""
    backwards = domain[::-1]
    return [backwards, f"{backwards}/", len(domain) + 1, backwards, f"{backwards}."]  # "/" is next to "."


def reader_zone(named: str, *, by: Actor) -> tzinfo:
    """The zone that was asked for, else that of the reader's profile, else UTC."""
    if named:
        return zone_named(named) or UTC
    rows = fetch("select timezone from security_user where id = %s", [by.user_id]) if by.user_id else []
    return (zone_named(rows[0]["timezone"]) if rows else None) or UTC


def any_of(narrowed: Conditions, column: str, words: Sequence[Any]) -> None:
    """The column holds one of the words, where "none" stands for nothing; no words are no condition."""
    wanted = ["" if word == "none" else str(word) for word in words]
    if len(wanted) == 1:
        narrowed.add(f"{column} = %s", wanted[0])
    elif wanted:
        narrowed.add(f"{column} = any(%s)", wanted)


def keys_or_nobody(narrowed: Conditions, column: str, asked: Sequence[str | int], mine: int | None) -> None:
    """The column refers to one of these, to one's own ("me", "mine"), or to nothing ("none")."""
    if not asked:
        return
    keys = [mine if each in ("me", "mine") else each for each in asked if each != "none"]
    known = [key for key in keys if key is not None]
    parts = [f"{column} is null"] if "none" in asked else []
    if known:
        parts.append(f"{column} = %s" if len(known) == 1 else f"{column} = any(%s)")
    narrowed.add(f"({' or '.join(parts) or 'false'})", *([known[0]] if len(known) == 1 else [known] if known else []))


def days(
    narrowed: Conditions, column: str, *, first: str | None, before: str | None, at: datetime, zone: tzinfo
) -> None:
    """The instant lies on the first day or later, and before the other."""
    for day, sign in ((first, ">="), (before, "<")):
        if day is not None:
            narrowed.add(f"{column} {sign} %s", start_of(resolved(day, at=at, zone=zone), zone=zone))


def between(narrowed: Conditions, column: str, low: int | None, high: int | None) -> None:
    """The number lies within these bounds, each of which may be missing."""
    if low is not None and high is not None and low > high:
        raise InvalidData("The lower bound is above the upper one.", fields={"minFleet": f"at most {high}"})
    for bound, sign in ((low, ">="), (high, "<=")):
        if bound is not None:
            narrowed.add(f"{column} {sign} %s", bound)


def exists(narrowed: Conditions, wanted: bool | None, subquery: str, *parameters: Any) -> None:
    """Whether there is such a row."""
    if wanted is not None:
        narrowed.add(f"{'' if wanted else 'not '}exists ({subquery})", *parameters)
