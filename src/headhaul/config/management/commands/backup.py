"""headhaul backup"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from headhaul.config.backups import back_up


class Command(BaseCommand):
    """May be run while Headhaul works: the backup is of one moment."""

    help = "Write everything the database holds to one file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: backups/headhaul-<time>.dump in HEADHAUL_HOME")

    def handle(self, *args: Any, **options: Any) -> None:
        named = f"headhaul-{datetime.now(UTC):%Y%m%d-%H%M%S}.dump"
        target: Path = options["file"] or Path(settings.HEADHAUL_HOME) / "backups" / named
        size = back_up(target)
        self.stdout.write(f"{target}  {size / 1e6:,.1f} MB")
        self.stdout.write("Keep it on another machine, with the secret key if it is not in your settings:")
        self.stdout.write(f"  {Path(settings.HEADHAUL_HOME) / 'secret-key'}")
