"""headhaul export_airtable"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Writes our records for Airtable."""

    help = "Write our records to the base that AIRTABLE_BASE_ID names, or into a folder of CSV files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="where the CSV files go; without it, to Airtable")
        parser.add_argument("--table", action="append", default=[], help="only this table; repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        from headhaul.accounts.services.airtable import exporting
        from headhaul.kernel import SYSTEM, AppError

        folder, at = options["folder"], datetime.now(UTC)
        target = "csv" if folder else "api"
        path = str(folder.resolve()) if folder else ""
        try:
            export = exporting.create(target=target, only=options["table"], path=path, by=SYSTEM, at=at)
        except AppError as refusal:
            raise CommandError(refusal.message) from refusal
        export = exporting.do(export_id=export.pk, at=at)
        for table, counts in export.counts.items():
            said = ", ".join(f"{counts[word]:,} {word}" for word in ("created", "updated", "refused"))
            self.stdout.write(f"{table}: {said}")
        for problem in export.problems:
            self.stdout.write(f"  {problem}")
        if export.error:
            raise CommandError(export.error)
