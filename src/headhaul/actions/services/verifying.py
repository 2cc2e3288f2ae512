"""Checking the audit against its hash chain, from the first link to the last, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from headhaul.actions.services.sealing import BATCH, COLUMNS, GENESIS, Head, chain_digest, entry_digest

_LINKS = f"""
SELECT s.position, s.entry_id, s.entry_digest, s.chain_digest, {", ".join(f"e.{c}" for c in COLUMNS)}
FROM actions_auditseal s LEFT JOIN actions_auditentry e ON e.id = s.entry_id
WHERE s.position > %s ORDER BY s.position LIMIT {BATCH}
"""
_VANISHED = """
SELECT min(p.entry_id) FROM actions_auditpending p
WHERE NOT EXISTS (SELECT FROM actions_auditentry e WHERE e.id = p.entry_id)
"""
_SMUGGLED = """
SELECT min(e.id) FROM actions_auditentry e
WHERE NOT EXISTS (SELECT FROM actions_auditseal s WHERE s.entry_id = e.id)
  AND NOT EXISTS (SELECT FROM actions_auditpending p WHERE p.entry_id = e.id)
"""


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that does not fit: what is wrong with it, and which entry and link it is."""

    problem: str
    said: str
    position: int | None
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the audit holds. Not yet sealed entries are those of the last minute or so."""

    checked: int
    not_yet_sealed: int
    head: Head
    first_break: Break | None


def verify(*, expected: Head | None = None) -> Verdict:
    """Walk the whole chain; `expected` is a head that was noted earlier and must still be on it."""
    end, found = Head(0, GENESIS), None
    for link in _links():
        end, found = _follow(end, link)
        if found is None and expected is not None and expected.position == end.position:
            found = _check_anchor(end, expected)
        if found is not None:
            break
    if found is None and expected is not None and expected.position > end.position:
        said = f"The chain ends at link {end.position}, before the noted link {expected.position}."
        found = Break("cut", said, end.position, None)
    return Verdict(end.position, _count_pending(), end, found or _check_unsealed())


def _links() -> Iterator[tuple[Any, ...]]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LINKS, [after])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def _follow(end: Head, link: tuple[Any, ...]) -> tuple[Head, Break | None]:
    position, entry_id, digest, chain, *entry = link
    if position != end.position + 1:
        said = f"Link {end.position + 1} is missing: somebody removed the seal."
        return end, Break("missing_seal", said, end.position + 1, None)
    if entry[0] is None:
        return end, Break("missing", f"Entry {entry_id} was removed.", position, entry_id)
    if entry_digest(entry) != bytes(digest):
        return end, Break("changed", f"Entry {entry_id} is not what was sealed.", position, entry_id)
    if chain_digest(end.digest, bytes(digest)) != bytes(chain):
        said = f"Link {position} does not follow from link {end.position}: seals were forged or moved."
        return end, Break("forged_seal", said, position, entry_id)
    return Head(position, bytes(chain)), None


def _check_anchor(end: Head, expected: Head) -> Break | None:
    if end.digest == expected.digest:
        return None
    said = f"Link {end.position} is not the one that was noted: the chain was rewritten up to there or before."
    return Break("rewritten", said, end.position, None)


def _check_unsealed() -> Break | None:
    with connection.cursor() as cursor:
        cursor.execute(_VANISHED)
        vanished = cursor.fetchone()[0]
        cursor.execute(_SMUGGLED)
        smuggled = cursor.fetchone()[0]
    if vanished is not None:
        return Break("missing", f"Entry {vanished} was removed before it was sealed.", None, vanished)
    if smuggled is not None:
        return Break("smuggled", f"Entry {smuggled} came in past the triggers.", None, smuggled)
    return None


def _count_pending() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM actions_auditpending")
        return int(cursor.fetchone()[0])
