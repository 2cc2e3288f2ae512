"""A PostgreSQL of its own that may be crashed: other tests use theirs meanwhile.

Commits are not waited for here unless a transaction asks for it, which is harder than in production: what the product
does not insist on is lost when the server crashes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psycopg
from django.db import connection as of_tests

from headhaul.config.embedded_postgres import Layout, binaries, keeper
from tests.config.postgres_users import open_directory

OPTIONS = keeper.THROWAWAY | {"max_connections": "60", "shared_buffers": "64MB", "track_commit_timestamp": "on"}


class CrashServer:
    """One server with the schema of the tests' database."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.crashes = layout, 0
        self._programs = binaries.directory(layout.user)
        keeper.prepare(layout, self._programs, durable=False)
        self._process = self._start()

    @property
    def url(self) -> str:
        """For libpq."""
        return f"host={self.layout.socket} dbname=faults user=postgres password=none"

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """One connection, each statement for itself."""
        return psycopg.connect(self.url, autocommit=True)

    def fill(self) -> None:
        """Copy what the migrations made."""
        with self._maintenance() as admin:
            admin.execute("create database faults")
        there = of_tests.settings_dict
        dump = [binaries.tools("pg_dump")[0], "-h", there["HOST"], "-U", there["USER"], "-d", there["NAME"]]
        environment = os.environ | {"PGPASSWORD": there["PASSWORD"] or "none", "PGPORT": str(there["PORT"] or 5432)}
        dumped = subprocess.run(dump, capture_output=True, check=True, env=environment).stdout
        load = [binaries.tools("psql")[0], "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-f", "-"]
        subprocess.run(load, input=dumped, check=True, stdout=subprocess.DEVNULL)

    def crash(self) -> None:
        """What `pg_ctl -m immediate restart` does: every process of it ends at once, then it recovers from its log."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        self.crashes += 1
        self._process = self._start()

    def look_after(self) -> bool:
        """Start it again when it ended by itself, as the product does for its own; whether it answers now."""
        if self._process.poll() is not None:
            keeper.clear_remains(self.layout)
            self._process = self._launch()
        return self._answers()

    def stop(self) -> None:
        """For good."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        keeper.clear_remains(self.layout)
        process = self._launch()
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self._answers():
                return process
            time.sleep(0.02)
        raise AssertionError((self.layout.base / "server.log").read_text()[-2_000:])

    def _launch(self) -> subprocess.Popen[bytes]:
        return keeper.start(self.layout, self._programs, OPTIONS | keeper.shared_memory())

    def _answers(self) -> bool:
        try:
            self._maintenance().close()
        except psycopg.OperationalError:
            return False
        return True

    def _maintenance(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host={self.layout.socket} dbname=postgres user=postgres", autocommit=True)


@contextmanager
def crash_server(directory: Path | None = None) -> Iterator[CrashServer]:
    """A server that is gone afterwards, in this directory or in one of its own."""
    with nullcontext(directory) if directory else open_directory() as directory:
        server = CrashServer(Layout.of(directory))
        try:
            server.fill()
            yield server
        finally:
            server.stop()
