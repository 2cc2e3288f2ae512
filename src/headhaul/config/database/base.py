"""Django's PostgreSQL backend, with two additions: the first connection starts the embedded server, and taking a
connection from the pool costs no round trip.
"""

from __future__ import annotations

import select
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool

from headhaul.config import embedded_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """Everything else is Django's. Named by settings as ENGINE `headhaul.config.database`."""

    def get_connection_params(self) -> dict[str, Any]:
        """Where every connection and every pool begins, so here the server is made sure of."""
        if embedded_in := self.settings_dict.get("EMBEDDED_IN"):
            durable = self.settings_dict.get("EMBEDDED_DURABLE", True)
            embedded_postgres.ensure(Path(embedded_in), durable=durable)
        return super().get_connection_params()

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
