"""headhaul rederive_carriers"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Works out what follows from the carriers' facts anew."""

    help = "Work out equipment, licence, work and segment of all carriers anew, after weights or cut-offs changed."

    def handle(self, *args: Any, **options: Any) -> None:
        from headhaul import preferences
        from headhaul.carriers.preferences import SegmentSettings
        from headhaul.carriers.services.derivation import rederive

        changed = rederive(year=datetime.now(UTC).year, cut_offs=preferences.get(SegmentSettings).cut_offs)
        self.stdout.write(f"{changed:,} carriers changed")
