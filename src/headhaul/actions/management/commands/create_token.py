from __future__ import annotations

import argparse
from typing import Any, cast

from django.core.management.base import BaseCommand

from headhaul.actions.management.support import perform, user_id_of
from headhaul.security.schemas import ApiTokenCreated


class Command(BaseCommand):
    """Makes an API token and prints its secret, which is kept nowhere."""

    help = "Create an API token for a user and print it; it is shown this once."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What may stand on the line."""
        parser.add_argument("email", help="the user the token acts for")
        parser.add_argument("--name", default="command line", help="what it is for")
        parser.add_argument("--days", type=int, default=90, help="how long it lives, a year at most (90)")
        parser.add_argument("--scope", metavar="a,b", help="the actions it may call; otherwise all the user may")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and print."""
        data: dict[str, object] = {
            "userId": user_id_of(options["email"]),
            "name": options["name"],
            "expiresInDays": options["days"],
        }
        if options["scope"]:
            data["scopes"] = [scope.strip() for scope in options["scope"].split(",")]
        created = cast(ApiTokenCreated, perform("createApiToken", data).payload)
        self.stderr.write(
            f"Token {created.token.id} for {created.token.user_email}, until {created.token.expires_at:%Y-%m-%d}:"
        )
        self.stdout.write(created.secret)
