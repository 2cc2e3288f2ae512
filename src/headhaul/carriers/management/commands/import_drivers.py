"""headhaul import_drivers"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Imports a driver pool."""

    help = "Import a driver pool (CSV, Parquet, JSON). Names, phones, e-mails and addresses are not read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN", help="which column holds a field; repeatable"
        )
        parser.add_argument("--replace", action="store_true", help="take out everybody whom the file does not name")

    def handle(self, *args: Any, **options: Any) -> None:
        from headhaul.carriers.management.runs import summary
        from headhaul.carriers.services.drivers.importing import import_drivers
        from headhaul.carriers.services.importing import progress
        from headhaul.kernel import SYSTEM, AppError

        pairs = [pair.partition("=") for pair in options["map"]]
        if any(not equals or not field or not column for field, equals, column in pairs):
            raise CommandError("--map takes FIELD=COLUMN, for example --map driver_id='Candidate #'")
        try:
            run = import_drivers(
                path=options["file"],
                by=SYSTEM,
                at=datetime.now(UTC),
                mapping={field.strip(): column for field, _, column in pairs},
                replace=options["replace"],
                reports=Path(settings.HEADHAUL_HOME) / "imports",
                progress=progress.for_terminal(),
            )
        except AppError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(summary(run))
