"""headhaul demo_drivers"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Writes a driver pool made from the shares in examples/drivers/assumptions.json."""

    help = "Write a made-up driver pool as CSV, to try the product with."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to write it")
        parser.add_argument("--count", type=int, default=4000, help="how many drivers (default: 4000)")
        parser.add_argument("--seed", type=int, default=7, help="same seed, same drivers (default: 7)")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the pool's today (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        from headhaul.config.demo import drivers

        day = options["as_of"] or datetime.now(UTC).date()
        count = drivers.write(path=options["file"], count=options["count"], seed=options["seed"], as_of=day)
        self.stdout.write(f"{count:,} drivers in {options['file']}")
