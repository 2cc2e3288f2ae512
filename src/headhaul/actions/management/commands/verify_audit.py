from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from headhaul.actions.services.sealing import Head, seal_pending
from headhaul.actions.services.verifying import verify


class Command(BaseCommand):
    """Checks the audit from the first link to the last; the exit code is 1 when it is broken."""

    help = "Check the audit against its hash chain; names the first row that does not fit."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What may stand on the line."""
        parser.add_argument(
            "--expect", metavar="POSITION:DIGEST", help="a head noted earlier, still to be on the chain"
        )
        parser.add_argument("--seal", action="store_true", help="seal what waits before checking")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and print."""
        if options["seal"]:
            seal_pending(at=timezone.now())
        verdict = verify(expected=_head(options["expect"]))
        self.stdout.write(f"{verdict.checked} entries checked, {verdict.not_yet_sealed} not yet sealed.")
        if verdict.first_break is not None:
            self.stdout.write(f"BROKEN ({verdict.first_break.problem}): {verdict.first_break.said}")
            sys.exit(1)
        self.stdout.write(f"The audit is intact. Its head, to be noted elsewhere: {verdict.head}")


def _head(text: str | None) -> Head | None:
    if not text:
        return None
    position, _, digest = text.partition(":")
    try:
        return Head(int(position), bytes.fromhex(digest))
    except ValueError:
        raise CommandError("--expect takes a head as it was printed: POSITION:DIGEST") from None
