"""The list of rows that were not taken: a CSV file beside the run, made only when there is something to say."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from headhaul.kernel.spreadsheets import safe_cell

HEADER = ("line", "row", "field", "value", "reason")
CLIP = 80
LONGEST = 1_000_000


class RejectReport:
    """Collects rows by reason and writes them out as they come; constant memory for any number of them.

    `line` counts the lines of the file, `row` the rows under the header; one of them may be blank.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.written = 0
        self.reasons: dict[str, int] = {}
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, *, line: int | None, row: int | None, field: str, value: str, reason: str) -> None:
        """One row that was not taken."""
        about = f"{field} {reason}".strip()
        self.reasons[about] = self.reasons.get(about, 0) + 1
        self.written += 1
        if self.path is None or self.written > LONGEST:
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(HEADER)
        clipped = value if len(value) <= CLIP else value[:CLIP] + f"… ({len(value):,} characters)"
        cells = ("" if line is None else line, "" if row is None else row, field, clipped, reason)
        csv.writer(self._file).writerow([safe_cell(cell) for cell in cells])

    def summary(self) -> list[str]:
        """The commonest reasons in words, most rows first."""
        ranked = sorted(self.reasons.items(), key=lambda pair: -pair[1])
        return [f"{count:,} rows: {reason}" for reason, count in ranked[:10]]
