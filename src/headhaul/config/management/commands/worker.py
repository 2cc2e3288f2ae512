"""headhaul worker"""

from __future__ import annotations

import asyncio
import signal
import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

PATIENCE_SECONDS = 300  # so long the database may be away
LASTING_SECONDS, MOST_FAILURES = 60, 10  # work that broke off sooner, so often in a row, will not go on
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
        from procrastinate.exceptions import ConnectorException

        from headhaul.compliance.services import instance

        assert isinstance(app.connector, DjangoConnector)
        instance.check(home=settings.HEADHAUL_HOME, at=datetime.now(UTC))  # before anything can leave
        wait, is_told, failures = not options["once"], False, 0
        while not is_told:
            began = time.monotonic()
            try:
                with app.replace_connector(app.connector.get_worker_connector()):
                    is_told = asyncio.run(_work(options["queue"], concurrency=options["concurrency"], wait=wait))
            except ConnectorException:
                failures = failures + 1 if time.monotonic() - began < LASTING_SECONDS else 1
                if not wait or failures == MOST_FAILURES:  # it is there, and something else is wrong with it
                    raise
            if not wait:
                return
            if not is_told:
                self.stderr.write("The database went away. Work goes on once it is back.")
                time.sleep(1)
                _await_database()


def _await_database() -> None:
    """Return when the database answers; its last refusal when it does not for a long time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.close()
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            connection.close()
            return


async def _work(only: list[str] | None, *, concurrency: int, wait: bool) -> bool:
    """Work until told to stop, or until the database goes away; whether it was told."""
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
        loop, told = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            told.set()
            _stop(running)

        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, tell)
        try:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED if wait else asyncio.ALL_COMPLETED)
        finally:
            _stop(running)
            ended = await asyncio.gather(*running, return_exceptions=True)
        faults = [each for each in ended if isinstance(each, Exception)]
        if faults and not told.is_set():
            raise faults[0]
        return told.is_set()


def _stop(running: list[asyncio.Task[None]]) -> None:
    for each in running:
        each.cancel()
