from __future__ import annotations

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand

from headhaul.actions.services import catalogue
from headhaul.kernel import SYSTEM


class Command(BaseCommand):
    """Lists what can be done, for people or as JSON for programs."""

    help = "List every action with its reply, role and whether it writes; --json with schemas."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What may stand on the line."""
        parser.add_argument("--json", action="store_true", help="the whole catalogue with input and output schemas")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the catalogue."""
        entries = catalogue.entries(SYSTEM)
        if options["json"]:
            listed = [_for_programs(entry) for entry in entries]
            self.stdout.write(json.dumps(listed, indent=2, ensure_ascii=False))
            return
        for entry in entries:
            mark = "writes" if entry.writes else ""
            self.stdout.write(f"{entry.name:<28} {entry.reply:<30} {entry.role:<8} {mark:<7} {entry.summary}")


def _for_programs(entry: catalogue.ActionView) -> dict[str, Any]:
    listed = entry.model_dump(mode="json", by_alias=True)
    listed["schema"] = listed.pop("inputSchema")
    del listed["allowed"]
    return listed
