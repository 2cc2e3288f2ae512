"""How far an import is: a bar on a terminal, plain lines elsewhere, and a percentage on the run for the page."""

from __future__ import annotations

import sys
import time
from typing import IO, Protocol


class Progress(Protocol):
    """Told after every batch."""

    def __call__(self, *, done: int, total: int, rows: int, stage: str) -> None:
        """`done` of `total` bytes read, `rows` rows so far; `stage` is reading, applying or done."""


def silent(*, done: int, total: int, rows: int, stage: str) -> None:
    """Says nothing."""


class LineProgress:
    """A line every few seconds, for logs."""

    def __init__(self, out: IO[str] | None = None, *, every: float = 5.0) -> None:
        self._out, self._every, self._last = out or sys.stderr, every, time.monotonic()

    def __call__(self, *, done: int, total: int, rows: int, stage: str) -> None:
        """Print when it is time, or when the stage changes."""
        if stage == "reading" and time.monotonic() - self._last < self._every:
            return
        self._last = time.monotonic()
        percent = f" {100 * done // total} %" if stage == "reading" and total else ""
        print(f"{stage}{percent}, {rows:,} rows", file=self._out, flush=True)


class BarProgress:
    """A rich bar on a terminal."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TextColumn("{task.fields[rows]}"),
            TimeRemainingColumn(),
            transient=True,
        )
        self._task = self._bar.add_task("reading", total=None, rows="")
        self._bar.start()

    def __call__(self, *, done: int, total: int, rows: int, stage: str) -> None:
        """Move the bar; it goes away at the end."""
        self._bar.update(self._task, completed=done, total=total, rows=f"{rows:,} rows", description=stage)
        if stage == "done":
            self._bar.stop()


def for_terminal() -> Progress:
    """The bar when somebody watches, lines otherwise."""
    return BarProgress() if sys.stderr.isatty() else LineProgress()
