"""A connection that waits in the pool may have lost its server meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import DataError, connection

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


@pytest.mark.parametrize(
    "written",
    ["2026-11-22 19:52:42.966280+00", "2026-02-28 23:59:60+00", "2026-11-22 21:52:42+02", "0001-01-01 00:00:00+00"],
)
def test_times_come_in_utc(written: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select %s::timestamptz, (extract(epoch from %s::timestamptz) * 1000000)::bigint", [written] * 2)
        found, microseconds = cursor.fetchone()
    assert found.tzinfo is UTC
    assert (found - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) == microseconds


def test_a_time_that_python_does_not_know_is_refused_as_psycopg_does() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 'infinity'::timestamptz")
        with pytest.raises(DataError):
            cursor.fetchone()
