"""headhaul import_carriers"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Imports one public file of carriers or of facts about them."""

    help = (
        "Import an FMCSA file: census, cargo lists, SMS results, crashes, revocations (CSV, TSV, .gz, .zip, Parquet)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="+", help="the files, imported one after the other")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day the file speaks for (YYYY-MM-DD)")

    def handle(self, *args: Any, **options: Any) -> None:
        from headhaul.carriers.management.runs import summary
        from headhaul.carriers.services.importing import progress
        from headhaul.carriers.services.importing.carriers import import_carriers
        from headhaul.kernel import SYSTEM, AppError

        for file in options["file"]:
            try:
                run = import_carriers(
                    path=file,
                    by=SYSTEM,
                    at=datetime.now(UTC),
                    as_of=options["as_of"],
                    reports=Path(settings.HEADHAUL_HOME) / "imports",
                    progress=progress.for_terminal(),
                )
            except AppError as refusal:
                raise CommandError(refusal.message) from refusal
            self.stdout.write(summary(run))
