"""Numbers held against the national do-not-call list: what the list's own file says, line by line."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO

from headhaul.compliance.models import DncScrub
from headhaul.compliance.schemas.denials import DncScrubImported
from headhaul.kernel import InvalidData
from headhaul.kernel.addresses import phone_key

LISTED = frozenset({"yes", "y", "true", "t", "1", "listed", "dnc", "hit"})
CLEAR = frozenset({"", "no", "n", "false", "f", "0", "clear", "clean", "ok"})
MOST_NAMED = 50


def take_in(*, list_version: str, text: str, scrubbed_at: datetime, at: datetime) -> DncScrubImported:
    """Keep what each line says of its number. A line that cannot be read counts for nothing and is named."""
    if scrubbed_at > at:
        raise InvalidData("The check cannot be of the future.", fields={"scrubbedAt": "now or earlier"})
    rows, rejected = [], []
    for line, cells in enumerate(csv.reader(StringIO(text)), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        number, said = phone_key(cells[0]), cells[1].strip().lower() if len(cells) > 1 else ""
        if number and said in LISTED | CLEAR:
            rows.append(
                DncScrub(number=number, list_version=list_version, is_listed=said in LISTED, scrubbed_at=scrubbed_at)
            )
        elif line > 1 or any(char.isdigit() for char in cells[0]):  # the first line may be a heading
            what = f"{said!r} is neither yes nor no" if number else "no telephone number"
            rejected.append(f"line {line}: {what}")
    DncScrub.objects.bulk_create(rows, batch_size=5_000)
    return DncScrubImported(kept=len(rows), listed=sum(row.is_listed for row in rows), rejected=rejected[:MOST_NAMED])
