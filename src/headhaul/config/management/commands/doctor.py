"""headhaul doctor"""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from headhaul.config.doctor import Finding, Level, examine

_MARKS = {Level.GOOD: "✓", Level.NOTICE: "•", Level.BAD: "✗"}


class Command(BaseCommand):
    """Exit code 1 when something is bad."""

    help = "Say what is configured, reachable and stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--online", action="store_true", help="ask outside services, too")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine(at=datetime.now(UTC), online=options["online"])
        if options["json"]:
            self.stdout.write(json.dumps([dataclasses.asdict(each) for each in found], indent=2))
        else:
            for each in found:
                self.stdout.write(self._line(each))
        if any(each.level is Level.BAD for each in found):
            raise SystemExit(1)

    def _line(self, finding: Finding) -> str:
        style = {Level.GOOD: self.style.SUCCESS, Level.NOTICE: self.style.WARNING, Level.BAD: self.style.ERROR}
        return f"{style[finding.level](_MARKS[finding.level])} {finding.subject:<18} {finding.text}"
