from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

import headhaul
from headhaul.actions.services.reference import pages

FOLDER = Path(headhaul.__file__).parents[2] / "docs" / "reference"


class Command(BaseCommand):
    """Writes docs/reference from the code, or says which page is not as the code would write it."""

    help = "Write docs/reference from the registry; --check only compares."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What may stand on the line."""
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is stale")
        parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER", help="where the pages lie")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        folder: Path = options["to"]
        wanted = {folder / name: text for name, text in pages().items()}
        stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
        if options["check"]:
            for path in stale:
                self.stderr.write(f"{path} is not as the code says. Run: headhaul reference")
            sys.exit(bool(stale))
        folder.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_text(wanted[path], "utf-8")
            self.stdout.write(f"wrote {path}")
