"""Django's PostgreSQL backend, with one addition: the first connection starts the embedded server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from headhaul.config import embedded_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """Everything is Django's. Named by settings as ENGINE `headhaul.config.database`."""

    def get_connection_params(self) -> dict[str, Any]:
        """Where every connection and every pool begins, so here the server is made sure of."""
        durable = self.settings_dict.get("EMBEDDED_DURABLE", True)
        embedded_postgres.ensure(Path(self.settings_dict["EMBEDDED_IN"]), durable=durable)
        return super().get_connection_params()
