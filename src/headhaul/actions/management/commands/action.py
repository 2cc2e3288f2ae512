from __future__ import annotations

import argparse
import sys
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from pydantic_core import from_json

from headhaul.actions import dispatch
from headhaul.actions.management.support import actor_named
from headhaul.actions.services.replies import failure_json
from headhaul.kernel import AppError, Door


class Command(BaseCommand):
    """Does one action and prints its envelope; the exit code is 1 when it was refused."""

    help = "Do one action, as a user or as the system, and print its envelope."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What may stand on the line."""
        parser.add_argument("name", help="the action's name; `headhaul actions` lists them")
        parser.add_argument("--data", default="{}", metavar="JSON", help="its data; - reads standard input")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="act as this user; otherwise as the system")
        parser.add_argument("--idempotency-key", metavar="KEY", help="do it once, however often this is run")

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatch and print."""
        text = sys.stdin.read() if options["data"] == "-" else options["data"]
        try:
            data = from_json(text, allow_inf_nan=False)
        except ValueError as fault:
            raise CommandError(f"--data is not valid JSON: {fault}") from None
        request_id = uuid.uuid4().hex
        try:
            reply = dispatch(
                options["name"],
                data,
                actor=actor_named(options["email"]),
                at=timezone.now(),
                door=Door.CLI,
                request_id=request_id,
                idempotency_key=options["idempotency_key"],
            )
        except AppError as refusal:
            self.stdout.write(failure_json(refusal, request_id=request_id).decode())
            sys.exit(1)
        self.stdout.write(reply.json().decode())
