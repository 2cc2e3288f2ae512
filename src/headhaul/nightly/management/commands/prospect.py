"""headhaul prospect"""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from headhaul.nightly.choices import Trigger
from headhaul.nightly.models import JobRun
from headhaul.nightly.services import prospecting
from headhaul.nightly.services.signals import DayIsKept


class Command(BaseCommand):
    """Runs in the foreground and says how it goes. What was killed goes on where it stopped."""

    help = "Do the night's run now: match, score, open accounts, alert. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="DATE",
            help="rebuild the signals of a past day from the drivers who were there by then; opens no accounts",
        )
        parser.add_argument(
            "--backfill", type=int, metavar="DAYS", help="rebuild each of the last so many days, oldest first"
        )
        parser.add_argument("--every", type=int, default=1, metavar="N", help="with --backfill: every Nth day only")
        parser.add_argument(
            "--wait", type=float, default=15, metavar="SECONDS", help="how long to wait for a run at work (default: 15)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = datetime.now(UTC)
        today, as_of, wait = at.date(), options["as_of"], options["wait"]
        if as_of and as_of > today:
            raise CommandError("--as-of must be a day that has come.")
        if options["backfill"]:
            for back in range(options["backfill"], 0, -options["every"]):
                self._rebuild(today - timedelta(days=back), at=at, wait=wait)
        if as_of and as_of < today:
            self._rebuild(as_of, at=at, wait=wait)
        elif not options["backfill"] or as_of:
            run = prospecting.run(day=today, trigger=Trigger.COMMAND, at=at, patience=wait, tell=self._tell())
            self._report(run)

    def _rebuild(self, day: date, *, at: datetime, wait: float) -> None:
        try:
            run = prospecting.rebuild(
                day=day, trigger=Trigger.COMMAND, at=at, patience=wait, tell=lambda said: self.stdout.flush()
            )
        except DayIsKept as kept:
            self.stdout.write(f"{day}  kept: {kept.message}")
            return
        counts = run.steps.get().counts
        self.stdout.write(f"{day}  rebuilt: {counts.get('signals', 0):,} signals, {counts.get('drivers', 0):,} drivers")

    def _tell(self) -> Any:
        began = time.monotonic()

        def tell(said: str) -> None:
            if sys.stdout.isatty():
                self.stdout.write(f"\r\033[K{time.monotonic() - began:6.1f} s  {said}", ending="")
                self.stdout.flush()
            else:
                self.stdout.write(f"{time.monotonic() - began:6.1f} s  {said}")

        return tell

    def _report(self, run: JobRun) -> None:
        if sys.stdout.isatty():
            self.stdout.write("\r\033[K", ending="")
        for step in run.steps.order_by("position"):
            self.stdout.write(f"{step.title:<44} {(step.milliseconds or 0) / 1000:7.2f} s  {_counted(step.counts)}")
            if step.left_out:
                self.stdout.write(f"{'':<44} left out: {_counted(step.left_out)}")
            for note in step.notes:
                self.stdout.write(f"{'':<44} {note}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
