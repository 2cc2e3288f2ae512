"""headhaul import_airtable"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Imports the plan's Airtable tables."""

    help = "Import the plan's tables from a folder of CSV exports, or from the base that AIRTABLE_BASE_ID names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="with one CSV file for each table, named like it")
        parser.add_argument("--table", action="append", default=[], help="only this table; repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        from headhaul.accounts.gateways import airtable
        from headhaul.accounts.selectors.airtable import not_imported
        from headhaul.accounts.services.airtable import fetching, starting
        from headhaul.accounts.services.importing import runs
        from headhaul.kernel import SYSTEM, AppError

        at, folder = datetime.now(UTC), options["folder"]
        try:
            if folder is None:
                airtable.connect()
            elif not folder.is_dir():
                raise CommandError(f"There is no folder {folder}.")
            fetch = starting.folder_of(folder.resolve()) if folder else {"from": "api"}
            for begun in starting.start(fetch=fetch, only=options["table"], by=SYSTEM, at=at):
                run = runs.do(run_id=begun.pk, at=datetime.now(UTC), prepare=fetching.prepare)
                self.stdout.write(
                    f"{run.file_name}: {run.state}; {run.read:,} rows:"
                    f" {run.created:,} created, {run.updated:,} updated,"
                    f" {run.unchanged:,} unchanged, {run.skipped:,} skipped, {run.failed:,} failed"
                )
                for said in filter(None, [run.error, *run.notes]):
                    self.stdout.write(f"  {said}")
        except AppError as refusal:
            raise CommandError(refusal.message) from refusal
        for each in not_imported():
            self.stdout.write(f"{each.table}: not imported; {each.reason}")
