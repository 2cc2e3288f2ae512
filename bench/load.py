"""Actions and pages under load: CPU per request and latencies, one and eight clients.

    SCALE=2200000 python -m bench.load [--seconds 8] [--only "search,carrier page"]

Runs over the installation that `bench.night` left, with 100,000 accounts added. CPU is that of the server's and
the database's processes and can be compared between machines; latencies are of this machine at this time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import urllib.request
from dataclasses import dataclass
from functools import partial
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench.client import Load, drive
from bench.installation import Installation, installation
from bench.operations import CURRENT, Operation, Sample, operations
from bench.report import Report

ACCOUNTS = 100_000

_OPEN_ACCOUNTS = f"""
insert into accounts_account (dot_number, name, status, segment, region, state, city, phone, website, fleet_size,
    fleet_source, owner_id, source, opened_on, opening_score_hundredths, version, created_at, updated_at)
select s.dot_number, s.name, 'target', s.segment, '', s.state, '', '', '', null,
    '', (select min(id) from security_user where role = 'rep'), 'auto_prospected', s.day, s.score_hundredths, 1,
    now() - random() * interval '300 days', now()
from {CURRENT}
where s.name <> '' order by s.score_hundredths desc
limit greatest(0, %(all)s - (select count(*) from accounts_account))
on conflict (dot_number) do nothing
"""
_SCORE_ACCOUNTS = f"""
insert into accounts_accountscore
    (account_id, day, score_hundredths, driver_count, confidence, urgency, is_spike)
select a.id, s.day, s.score_hundredths, s.n, s.confidence, s.urgency, s.is_spike
from accounts_account a join ({CURRENT}) using (dot_number)
on conflict (account_id) do nothing
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A server under load, and how to be let in."""

    port: int
    server: int
    database: int
    token: str
    cookies: str

    def headers(self, operation: Operation) -> dict[str, str]:
        """A browser's, or a program's."""
        if operation.is_page:
            return {"Cookie": self.cookies, "Accept": "text/html"}
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


def add_accounts(connection: psycopg.Connection[Any]) -> None:
    """Fill up to 100,000 accounts, the best signals first, as years of nights would."""
    connection.execute(_OPEN_ACCOUNTS, {"all": ACCOUNTS})
    connection.execute(_SCORE_ACCOUNTS)
    connection.execute("vacuum analyze accounts_account, accounts_accountscore")


def lift_limits(place: Installation, database: int) -> None:
    """A load test asks more than one user may."""
    told = place.run("action", "getSettings", "--data", '{"section": "limits"}', database=database).output
    version = json.loads(told[told.index("{") :])["payload"]["sections"][0]["version"]
    values = {"tokenActionsPerMinute": 0, "userActionsPerMinute": 0}
    change = json.dumps({"section": "limits", "expectedVersion": version, "values": values})
    place.run("action", "saveSettings", "--data", change, database=database)


def make_token(place: Installation, database: int) -> str:
    """A key that lasts a day."""
    asked = ["create_token", place.user("manager"), "--name", "bench", "--days", "1"]
    return place.run(*asked, database=database).output.split()[-1]


def sign_in(place: Installation, port: int) -> str:
    """Cookies of a signed-in manager, as a header."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/auth/login/"
    browser.open(address).read()
    secret = next(cookie.value or "" for cookie in jar if "csrf" in cookie.name)
    form = {"login": place.user("manager"), "password": place.password, "csrfmiddlewaretoken": secret}
    request = urllib.request.Request(address, urlencode(form).encode(), {"Referer": address})
    browser.open(request).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def measure_load(place: Installation, *, seconds: float, only: set[str]) -> Report:
    """Every operation with one and with eight clients."""
    report = Report(f"Under load: {place.carriers:,} carriers, {ACCOUNTS:,} accounts")
    database, port = place.start_database(), free_port()
    place.make_users()
    lift_limits(place, database)
    with psycopg.connect(place.database, autocommit=True) as connection:
        add_accounts(connection)
        chosen = [each for each in operations(Sample(connection)) if not only or each.name in only]
    with place.serving(port) as server:
        token, cookies = make_token(place, database), sign_in(place, port)
        target = Target(port=port, server=server, database=database, token=token, cookies=cookies)
        for operation in chosen:
            print(f"· {operation.name}")
            measure_operation(report, operation, target, seconds)
    return report


def measure_operation(report: Report, operation: Operation, target: Target, seconds: float) -> None:
    """One operation with one and with eight clients, as rows of the report."""
    load_it = partial(
        drive,
        operation.make,
        address=("127.0.0.1", target.port),
        headers=target.headers(operation),
        server=target.server,
        database=target.database,
    )
    first = 0
    for clients in (1, 8):
        first += asyncio.run(load_it(clients=clients, seconds=1, first=first)).count  # warm up
        load = asyncio.run(load_it(clients=clients, seconds=seconds, first=first))
        first += load.count
        what = f"{operation.name}, {clients} client{'s' * (clients > 1)}"
        report.measured(operation.yardstick, load.cpu_ms, what=what, note=_note(load))


def _note(load: Load) -> str:
    server, database = (1000 * spent / load.count for spent in (load.server_cpu_s, load.database_cpu_s))
    parts = [
        f"server {server:.2f} + database {database:.2f} ms",
        f"{load.count / load.wall_s:,.0f}/s",
        f"p50 {load.percentile_ms(0.5):.1f} p95 {load.percentile_ms(0.95):.1f} ms",
        f"{load.received / load.count / 1000:.1f} kB",
    ]
    if load.failures:
        parts.append(f"[red]{load.failures} failed, first: {load.first_failure}[/red]")
    return ", ".join(parts)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--only", default="", help="names of operations, joined by commas")
    args = parser.parse_args()
    only = {name for name in args.only.split(",") if name}
    measure_load(installation(), seconds=args.seconds, only=only).print()


if __name__ == "__main__":
    main()
