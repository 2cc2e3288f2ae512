"""From a normalised batch to the staging table and the report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from headhaul.carriers.services.importing import staging
from headhaul.carriers.services.importing.batches import Batch
from headhaul.carriers.services.importing.report import RejectReport
from headhaul.carriers.services.importing.staging import Staged


def stage_batch(
    batch: Batch,
    staged: Staged,
    *,
    bad: dict[int, tuple[str, str, str]],
    columns: Sequence[str],
    report: RejectReport,
) -> None:
    """Copy the rows that can be used, report the others."""
    rows = int(batch.table.num_rows)
    for line, text, reason in batch.broken:
        report.add(line=line, row=None, field="", value=text, reason=reason)
    keep = np.ones(rows, dtype=bool)
    if bad:
        places = np.array(sorted(bad), dtype=np.int64)
        keep[places] = False
        for place, line in zip(places, batch.line_of(places), strict=True):
            field, value, reason = bad[int(place)]
            report.add(line=line, row=batch.first_record + int(place) + 1, field=field, value=value, reason=reason)
    numbers = np.arange(batch.first_record + 1, batch.first_record + rows + 1)
    staging.copy(staged, columns=columns, row_numbers=numbers, keep=keep)
