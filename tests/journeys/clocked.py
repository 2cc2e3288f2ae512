"""The same Headhaul, seen by a web process whose clock stands elsewhere: for what depends on the hour of the day.

Its connections see the database's clock moved by as much, or the product would rightly trust neither.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import holidays

from tests.journeys.served import Served, environment, wait_until_healthy

WEB = """
import sys
import time
from datetime import datetime
import time_machine
from django.db.backends.signals import connection_created
moment = datetime.fromisoformat(sys.argv.pop(1))
place = f"clock_{moment:%H}"
time_machine.travel(moment, tick=True).start()
ahead = time.time() - time_machine.escape_hatch.time.time()  # asked of the clock that runs already

def move_clock(connection, **_):
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(17)")
        cursor.execute(f"create schema if not exists {place}")
        cursor.execute(
            f"create or replace function {place}.clock_timestamp() returns timestamptz language sql volatile as"
            f" 'select pg_catalog.clock_timestamp() + make_interval(secs => {ahead})'"
        )
        cursor.execute("select pg_advisory_unlock(17)")
        cursor.execute(f"set search_path = {place}, pg_catalog, public")

connection_created.connect(move_clock)
from headhaul.config.web import main
sys.exit(main())
"""


def next_workday(hour: int) -> datetime:
    """That hour (UTC) of the next day on which nobody has a holiday."""
    at = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)
    resting = holidays.country_holidays("US", years=[at.year, at.year + 1])
    while at.weekday() > 4 or at.date() in resting:
        at += timedelta(days=1)
    return at


@contextmanager
def seen_at(headhaul: Served, moment: datetime) -> Iterator[Served]:
    """Another door to the same Headhaul, where it is another time."""
    listener = socket.create_server(("127.0.0.1", 0))
    address, log = f"http://127.0.0.1:{listener.getsockname()[1]}", headhaul.home.with_name(f"clock-{moment:%H}.log")
    command = [sys.executable, "-c", WEB, moment.isoformat(), str(listener.fileno())]
    settings = environment(headhaul.home) | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=settings, stdout=output, stderr=subprocess.STDOUT, pass_fds=[listener.fileno()]
        )
    try:
        wait_until_healthy(address, process, log)
        yield replace(headhaul, address=address)
    finally:
        process.terminate()
        process.wait(90)
        listener.close()
