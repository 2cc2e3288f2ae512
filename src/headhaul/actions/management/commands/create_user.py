from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any, cast

from django.core.management.base import BaseCommand

from headhaul.actions.management.support import perform
from headhaul.kernel import Role
from headhaul.security.schemas import UserCreated


class Command(BaseCommand):
    """Adds a user, with a password from standard input or a link to set one."""

    help = "Add a user; prints the link by which they set their password, unless you give one."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What may stand on the line."""
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", choices=[role.value for role in Role], default=Role.VIEWER.value)
        parser.add_argument("--timezone", default="UTC")
        parser.add_argument("--password", action="store_true", help="ask for a password, or read it from a pipe")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and print."""
        data: dict[str, object] = {name: options[name] for name in ("email", "name", "role", "timezone")}
        if options["password"]:
            data["password"] = _password()
        created = cast(UserCreated, perform("createUser", data).payload)
        self.stdout.write(f"{created.user.email} may sign in as {created.user.role}.")
        if created.set_password_path:
            self.stdout.write(
                f"They set their password at {created.set_password_path} on this server, within three days."
            )


def _password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
