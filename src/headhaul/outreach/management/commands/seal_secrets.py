from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from headhaul.outreach.services import senders


class Command(BaseCommand):
    """Closes the passwords of mailboxes and numbers by the key in use, after HEADHAUL_SECRET_KEY was changed."""

    help = "Encrypt the secrets of mailboxes and numbers anew; older keys may be dropped then."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal and count."""
        with transaction.atomic():
            count = senders.seal_anew(at=datetime.now(UTC))
        self.stdout.write(f"{count} secrets are sealed by the key in use.")
