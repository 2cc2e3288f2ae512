"""Checking the receipts against their hash chain, from the first to the last, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headhaul.compliance.selectors.rows import fetch
from headhaul.compliance.services.sealing import BATCH, COLUMNS, GENESIS, Head, link, personal_digest

_SEALED = f"""
select {COLUMNS}, sequence, previous, seal, personal_digest, erased_at
from compliance_receipt where sequence > %s order by sequence limit {BATCH}
"""
_UNSEALED = "select count(*) as count from compliance_receipt where sequence is null"


@dataclass(frozen=True, slots=True)
class Break:
    """The first receipt that does not fit, and what is wrong with it."""

    said: str
    sequence: int
    receipt_id: int | None


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the chain holds. Not yet sealed receipts are those of the last minute or so."""

    checked: int
    not_yet_sealed: int
    head: Head
    first_break: Break | None


def verify(*, expected: Head | None = None) -> Checked:
    """Walk the whole chain; `expected` is a head that was noted earlier and must still be on it."""
    end, found = Head(0, GENESIS), None
    for row in _sealed():
        found = _problem(end, row)
        if found is not None:
            break
        end = Head(row["sequence"], row["seal"])
        if expected is not None and expected.sequence == end.sequence and expected.seal != end.seal:
            said = f"Seal {end.sequence} is not the one that was noted: the chain was rewritten up to there."
            found = Break(said, end.sequence, row["id"])
            break
    if found is None and expected is not None and expected.sequence > end.sequence:
        found = Break(f"The chain ends at {end.sequence}, before the noted {expected.sequence}.", end.sequence, None)
    return Checked(end.sequence, int(fetch(_UNSEALED, [])[0]["count"]), end, found)


def _sealed() -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        rows = fetch(_SEALED, [after])
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1]["sequence"]


def _problem(end: Head, row: dict[str, Any]) -> Break | None:
    sequence, key = row["sequence"], row["id"]
    if sequence != end.sequence + 1:
        return Break(f"Receipt number {end.sequence + 1} of the chain is missing.", end.sequence + 1, None)
    if row["previous"] != end.seal:
        return Break(f"Receipt {key} does not follow from the one before it.", sequence, key)
    if row["erased_at"] is None and personal_digest(row) != row["personal_digest"]:
        return Break(f"Address or words of receipt {key} are not what was sealed.", sequence, key)
    if link(row["previous"], sequence, row, row["personal_digest"]) != row["seal"]:
        return Break(f"Receipt {key} is not what was sealed.", sequence, key)
    return None
