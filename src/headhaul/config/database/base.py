"""Django's PostgreSQL backend, with three additions: the first connection starts the embedded server, taking a
connection from the pool costs no round trip, and times are read fast.
"""

from __future__ import annotations

import select
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.adapt import AdaptersMap, Buffer
from psycopg.types.datetime import TimestamptzLoader
from psycopg_pool import ConnectionPool

from headhaul.config import embedded_postgres


class InstantLoader(TimestamptzLoader):
    """Times of a connection in UTC. Python reads what PostgreSQL writes four times as fast as psycopg and Django do in
    turn; what it cannot read (before the year 1, infinity) is left to psycopg.
    """

    timezone = UTC  # Django looks here before it registers a loader of its own

    def load(self, data: Buffer) -> datetime:
        """The time, in UTC."""
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            return super().load(data)


@cache
def _adapters(djangos: AdaptersMap) -> AdaptersMap:
    ours = AdaptersMap(djangos)
    ours.register_loader("timestamptz", InstantLoader)
    return ours


class DatabaseWrapper(base.DatabaseWrapper):
    """Everything else is Django's. Named by settings as ENGINE `headhaul.config.database`."""

    def get_connection_params(self) -> dict[str, Any]:
        """Where every connection and every pool begins, so here the server is made sure of."""
        if embedded_in := self.settings_dict.get("EMBEDDED_IN"):
            durable = self.settings_dict.get("EMBEDDED_DURABLE", True)
            embedded_postgres.ensure(Path(embedded_in), durable=durable)
        parameters: dict[str, Any] = super().get_connection_params()
        if self.timezone is UTC:
            parameters["context"] = _adapters(parameters["context"])
        return parameters

    @property
    def pool(self) -> Any:
        """Django's, which asks the server before each use whether it is there: a tenth of what a small action costs."""
        pool = super().pool
        if pool is not None:
            pool._check = check_connection  # Django passes `check` itself, so no option reaches it
        return pool


def check_connection(connection: Connection[Any]) -> None:
    """Raise OperationalError when the server has gone.

    An idle connection has nothing to read; one whose server hung up has its end to read. So silence is health, and only
    where there is something to read the server is asked.
    """
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    if poller.poll(0):
        ConnectionPool.check_connection(connection)
