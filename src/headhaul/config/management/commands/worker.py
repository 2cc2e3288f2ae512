"""headhaul worker"""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

LONG = ("bulk", "night")  # imports, the night's run: one of each at a time


class Command(BaseCommand):
    """Works off the queues and keeps the schedules, until it is told to stop.

    Long work has lanes of its own, so that short work and the clock never wait behind an import.
    """

    help = "Do background work: the night's schedule and every queued job."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queue", action="append", help="only these queues; may be repeated (default: all)")
        parser.add_argument("--concurrency", type=int, default=2, help="short jobs at once (default: 2)")
        parser.add_argument("--once", action="store_true", help="stop when there is nothing left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.django_connector import DjangoConnector

        from headhaul.compliance.services import instance

        assert isinstance(app.connector, DjangoConnector)
        instance.check(home=settings.HEADHAUL_HOME, at=datetime.now(UTC))  # before anything can leave
        with app.replace_connector(app.connector.get_worker_connector()):
            asyncio.run(_work(options["queue"], concurrency=options["concurrency"], wait=not options["once"]))


async def _work(only: list[str] | None, *, concurrency: int, wait: bool) -> None:
    from procrastinate.contrib.django import app

    app.perform_import_paths()  # type: ignore[no-untyped-call]
    queues = {task.queue for task in app.tasks.values()} if only is None else set(only)
    lanes = {"short": (queues.difference(LONG), concurrency)} | {name: (queues & {name}, 1) for name in LONG}
    async with app.open_async():
        running = [
            asyncio.create_task(
                app.run_worker_async(
                    name=name,
                    queues=sorted(wanted),
                    concurrency=places,
                    wait=wait,
                    shutdown_graceful_timeout=20,
                    install_signal_handlers=False,
                )
            )
            for name, (wanted, places) in lanes.items()
            if wanted
        ]
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, _stop, running)
        try:
            await asyncio.gather(*running)
        except asyncio.CancelledError:
            await asyncio.gather(*running, return_exceptions=True)
        finally:
            _stop(running)


def _stop(running: list[asyncio.Task[None]]) -> None:
    for each in running:
        each.cancel()
