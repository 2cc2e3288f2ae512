"""A connection that waits in the pool may have lost its server meanwhile."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_connection_whose_server_hung_up_is_replaced_unseen() -> None:
    lost = backend()
    there = {name: connection.get_connection_params()[name] for name in ("dbname", "user", "host")}
    connection.close()
    with psycopg.connect(**there) as killer:
        assert killer.execute("select pg_terminate_backend(%s, 5000)", [lost]).fetchone() == (True,)
    for _ in range(10):  # whichever of the pool's connections comes
        assert backend() != lost
        connection.close()
