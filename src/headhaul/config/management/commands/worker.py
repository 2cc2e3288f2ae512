"""headhaul worker"""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Works off the queue and keeps the schedules, until it is told to stop."""

    help = "Do background work: the night's schedule and every queued job."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queue", action="append", help="only these queues; may be repeated (default: all)")
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at once (default: 2)")
        parser.add_argument("--once", action="store_true", help="stop when there is nothing left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.django_connector import DjangoConnector

        async def work() -> None:
            async with app.open_async():
                await app.run_worker_async(
                    queues=options["queue"],
                    concurrency=options["concurrency"],
                    wait=not options["once"],
                    shutdown_graceful_timeout=20,
                )

        assert isinstance(app.connector, DjangoConnector)
        with app.replace_connector(app.connector.get_worker_connector()):
            asyncio.run(work())
