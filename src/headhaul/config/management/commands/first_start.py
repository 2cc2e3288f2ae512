"""headhaul first_start"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """What `serve` does before it opens: an empty database gets the demo market; the demo's sign-ins are shown."""

    help = "Load the demo market into an empty database, unless HEADHAUL_DEMO=0, and show its sign-ins."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        from headhaul.config.demo import first_start, people
        from headhaul.nightly.services.runs import AlreadyRunning

        if not settings.DEMO:
            return
        if first_start.is_due():
            self.stdout.write("First start: loading a market to look at.")
            try:
                first_start.run(at=datetime.now(UTC), tell=self._tell)
            except AlreadyRunning:
                self.stdout.write("  Another process is loading it already.")
        found = people.sign_ins()
        if found:
            self.stdout.write("\nSign in with one of these:")
            for role, email, password in found:
                self.stdout.write(f"  {role:<8} {email}   {password}")

    def _tell(self, said: str) -> None:
        if ": " not in said:  # the steps, not how far each one is
            self.stdout.write(f"  {said}")
            self.stdout.flush()
