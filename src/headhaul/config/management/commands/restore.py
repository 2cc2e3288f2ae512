"""headhaul restore"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from headhaul.config.backups import hold_sending, restore
from headhaul.config.serving.instance import Instance


class Command(BaseCommand):
    """Only while nothing else is running here."""

    help = "Put the database in the state of a backup."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what `headhaul backup` wrote")
        parser.add_argument("--force", action="store_true", help="replace a database that is not empty")

    def handle(self, *args: Any, **options: Any) -> None:
        instance = Instance(Path(settings.HEADHAUL_HOME))
        try:
            restore(options["file"], force=options["force"])
            call_command("migrate", interactive=False, verbosity=0)
            hold_sending(options["file"], at=datetime.now(UTC))
        finally:
            instance.close()
        self.stdout.write(
            f"Restored from {options['file']}. Sending is held: look at the outbox, then lift the stop under Sending."
        )
