"""Numbers held against lists of others: the national do-not-call list, and the database of reassigned numbers."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import StringIO

from headhaul.compliance.choices import ConsentChannel, Register, Scope, SuppressionReason
from headhaul.compliance.models import DncScrub
from headhaul.compliance.schemas.denials import DncScrubImported, ReassignedImported
from headhaul.compliance.services import suppression
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.addresses import phone_key

LISTED = frozenset({"yes", "y", "true", "t", "1", "listed", "dnc", "hit"})
CLEAR = frozenset({"", "no", "n", "false", "f", "0", "clear", "clean", "ok"})
ON_LIST: Mapping[str, bool | None] = dict.fromkeys(LISTED, True) | dict.fromkeys(CLEAR, False)
REASSIGNED: Mapping[str, bool | None] = {
    "yes": True,
    "y": True,
    "no": False,
    "n": False,
    "no data": None,
    "no_data": None,
}
"""The answers of the Reassigned Numbers Database; "no data" says nothing."""
MOST_NAMED = 50
_PHONE = (ConsentChannel.CALL, ConsentChannel.SMS)


def take_in(*, list_version: str, text: str, scrubbed_at: datetime, at: datetime) -> DncScrubImported:
    """Keep what each line says of its number. A line that cannot be read counts for nothing and is named."""
    said, rejected = _read(text, ON_LIST, "neither yes nor no", scrubbed_at=scrubbed_at, at=at)
    _keep(Register.DO_NOT_CALL, said, list_version, scrubbed_at)
    return DncScrubImported(
        kept=len(said), listed=sum(bool(is_listed) for _, is_listed in said), rejected=rejected[:MOST_NAMED]
    )


def take_in_reassigned(*, version: str, text: str, checked_at: datetime, at: datetime, by: Actor) -> ReassignedImported:
    """Keep which numbers have their owner still, and deny calls and texts to those that somebody else has by now."""
    said, rejected = _read(text, REASSIGNED, "neither yes, no nor no data", scrubbed_at=checked_at, at=at)
    known = [(number, answer) for number, answer in said if answer is not None]
    _keep(Register.REASSIGNED, known, version, checked_at)
    gone = [number for number, is_gone in known if is_gone]
    words = f"The database of reassigned numbers, {version}: yes."
    denials = [
        Denial(Scope.ADDRESS, number, channel, SuppressionReason.REASSIGNED, "reassigned numbers", words)
        for number in gone
        for channel in _PHONE
    ]
    suppression.add_many(denials=denials, at=at, by=by)
    return ReassignedImported(
        kept=len(known), reassigned=len(gone), unknown=len(said) - len(known), rejected=rejected[:MOST_NAMED]
    )


def _read(
    text: str, words: Mapping[str, bool | None], fault: str, *, scrubbed_at: datetime, at: datetime
) -> tuple[list[tuple[str, bool | None]], list[str]]:
    """(number, what its line says) of every line that can be read, and what is wrong with the others."""
    if scrubbed_at > at:
        raise InvalidData("The check cannot be of the future.", fields={"scrubbedAt": "now or earlier"})
    found, rejected = list[tuple[str, bool | None]](), list[str]()
    for line, cells in enumerate(csv.reader(StringIO(text)), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        number, said = phone_key(cells[0]), cells[1].strip().lower() if len(cells) > 1 else ""
        if number and said in words:
            found.append((number, words[said]))
        elif line > 1 or any(char.isdigit() for char in cells[0]):  # the first line may be a heading
            what = f"{said!r} is {fault}" if number else "no telephone number"
            rejected.append(f"line {line}: {what}")
    return found, rejected


def _keep(register: Register, said: Sequence[tuple[str, bool | None]], version: str, scrubbed_at: datetime) -> None:
    rows = [
        DncScrub(
            number=number, register=register, list_version=version, is_listed=bool(answer), scrubbed_at=scrubbed_at
        )
        for number, answer in said
    ]
    DncScrub.objects.bulk_create(rows, batch_size=5_000)
