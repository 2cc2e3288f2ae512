"""Actions and pages under load: CPU per request and latencies, one and eight clients. SCALE says how many carriers.

    SCALE=2200000 python -m bench.load [--seconds 8] [--only signals,search]

Runs over the installation that `bench.night` left, with 100,000 accounts added. CPU is that of the server's and
the database's processes and can be compared between machines; latencies are of this machine at this time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import psycopg

from bench import baselines
from bench.baselines import Yardstick, page
from bench.client import Request, drive
from bench.installation import Installation, installation
from bench.report import Report

ACCOUNTS = 100_000


@dataclass(frozen=True, slots=True)
class Operation:
    """Something a person or a program does again and again; `make` gives its n-th request."""

    name: str
    yardstick: Yardstick
    make: Callable[[int], Request]
    is_page: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """What requests ask for: rows that exist, in a mixed order."""

    carriers: list[int]
    accounts: list[int]
    words: list[str]
    states: list[str]


def _action(name: str, make: Callable[[int], Mapping[str, object]]) -> Callable[[int], Request]:
    path = f"/api/actions/{name}"
    return lambda number: ("POST", path, json.dumps(make(number)).encode())


def _get(make: Callable[[int], str]) -> Callable[[int], Request]:
    return lambda number: ("GET", make(number), b"")


def operations(sample: Sample) -> list[Operation]:
    """What is measured, JSON first, then the pages that show the same."""

    def carrier(number: int) -> int:
        return sample.carriers[number % len(sample.carriers)]

    def account(number: int) -> int:
        return sample.accounts[number % len(sample.accounts)]

    def word(number: int) -> str:
        return sample.words[number % len(sample.words)]

    def state(number: int) -> str:
        return sample.states[number % len(sample.states)]

    def json_op(name: str, yardstick: Yardstick, make: Callable[[int], Mapping[str, object]]) -> Operation:
        return Operation(name, yardstick, _action(name, make), is_page=False)

    def page_op(name: str, yardstick: Yardstick, make: Callable[[int], str]) -> Operation:
        return Operation(name, page(yardstick), _get(make), is_page=True)

    return [
        json_op("getTopProspects", baselines.LIST, lambda _: {}),
        json_op("getDashboardKPIs", baselines.BOARD, lambda _: {}),
        json_op("listSignals", baselines.LIST, lambda n: {"state": state(n)} if n % 2 else {}),
        json_op("listAccounts", baselines.LIST, lambda n: {"state": state(n)} if n % 2 else {}),
        json_op("search", baselines.SEARCH, lambda n: {"q": word(n)}),
        json_op("getSignal", baselines.OPEN, lambda n: {"dotNumber": carrier(n)}),
        json_op("getAccount", baselines.OPEN, lambda n: {"accountId": account(n)}),
        json_op("addTag", baselines.CHANGE, lambda n: {"accountId": account(n), "tag": f"load {n}"}),
        json_op(
            "createAccount", baselines.CREATE, lambda n: {"name": f"Load test carrier {n}", "state": "TX"}
        ),
        page_op("dashboard page", baselines.BOARD, lambda n: f"/?state={state(n)}" if n % 2 else "/"),
        page_op(
            "signals page", baselines.LIST, lambda n: f"/signals/?state={state(n)}" if n % 2 else "/signals/"
        ),
        page_op("accounts page", baselines.LIST, lambda _: "/accounts/"),
        page_op("search in the palette", baselines.SEARCH, lambda n: "/search?" + urlencode({"q": word(n)})),
        page_op("carrier page", baselines.OPEN, lambda n: f"/carriers/{carrier(n)}/"),
    ]


def add_accounts(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Fill up to 100,000 accounts, the best signals first, as a few years of nights would."""
    connection.execute(
        """
        insert into accounts_account (dot_number, name, status, segment, region, state, city, phone, website,
            fleet_size, fleet_source, owner_id, source, opened_on, opening_score_hundredths, version,
            created_at, updated_at)
        select s.dot_number, s.name, 'target', s.segment, 'unknown', s.state, '', '', '', null, '',
            (select id from security_user where role = 'rep' limit 1), 'prospecting', s.day, s.score_hundredths, 1,
            now() - random() * interval '300 days', now()
        from carriers_signal s join carriers_signalday d on d.day = s.day and d.is_current
        where s.name <> '' order by s.score_hundredths desc
        limit greatest(0, %(all)s - (select count(*) from accounts_account))
        on conflict (dot_number) do nothing
        """,
        {"all": ACCOUNTS},
    )
    connection.execute(
        """
        insert into accounts_accountscore (account_id, day, score_hundredths, driver_count, confidence, urgency, is_spike)
        select a.id, s.day, s.score_hundredths, s.n, s.confidence, s.urgency, s.is_spike
        from accounts_account a join carriers_signal s using (dot_number)
        join carriers_signalday d on d.day = s.day and d.is_current
        on conflict (account_id) do nothing
        """
    )
    connection.execute("analyze accounts_account, accounts_accountscore")


def sample(connection: psycopg.Connection[tuple[object, ...]]) -> Sample:
    """A few hundred of each kind."""

    def column(query: str) -> list[object]:
        return [row[0] for row in connection.execute(query).fetchall()]

    current = "carriers_signal s join carriers_signalday d on d.day = s.day and d.is_current"
    names = column(
        f"select s.name from {current} where s.name <> '' order by md5(s.dot_number::text) limit 300"
    )
    return Sample(
        carriers=[
            int(str(n))
            for n in column(f"select s.dot_number from {current} order by md5(s.dot_number::text) limit 500")
        ],
        accounts=[
            int(str(n)) for n in column("select id from accounts_account order by md5(id::text) limit 500")
        ],
        words=[" ".join(str(name).split()[:2])[:24] for name in names],
        states=["TX", "CA", "FL", "GA", "OH", "IL"],
    )


def _token(place: Installation, database: int) -> str:
    cost = place.run(
        "create_token", "--user", place.user("manager"), "--name", "bench", "--days", "1", database=database
    )
    return cost.output.split()[-1]


def _session(place: Installation, port: int) -> str:
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def measure_load(place: Installation, *, seconds: float, only: set[str]) -> Report:
    """Every operation with one and with eight clients."""
    report = Report(f"Under load: {place.carriers:,} carriers, {ACCOUNTS:,} accounts")
    database, port = place.start_database(), _free_port()
    with psycopg.connect(place.database, autocommit=True) as connection, place.serving(port) as server:
        add_accounts(connection)
        chosen = [op for op in operations(sample(connection)) if not only or op.name in only]
        token = {"Authorization": f"Bearer {_token(place, database)}", "Content-Type": "application/json"}
        cookies = {"Cookie": _session(place, port), "Accept": "text/html"}
        for operation in chosen:
            _measure(
                report, operation, cookies if operation.is_page else token, port, server, database, seconds
            )
    return report


def _measure(
    report: Report,
    operation: Operation,
    headers: Mapping[str, str],
    port: int,
    server: int,
    database: int,
    seconds: float,
) -> None:
    first = 0
    for clients in (1, 8):
        for turn in (1.0, seconds):  # a second to warm up
            load = asyncio.run(
                drive(
                    operation.make,
                    address=("127.0.0.1", port),
                    headers=headers,
                    clients=clients,
                    seconds=turn,
                    server=server,
                    database=database,
                    first=first,
                )
            )
            first += load.count
        note = (
            f"server {1000 * load.server_cpu_s / load.count:.2f} + database {1000 * load.database_cpu_s / load.count:.2f} ms, "
            f"{load.count / load.wall_s:,.0f}/s, p50 {load.percentile_ms(0.5):.1f}, p95 {load.percentile_ms(0.95):.1f} ms, "
            f"{load.received / load.count / 1000:.1f} kB"
        )
        if load.failures:
            note += f" [red]{load.failures} failed: {load.first_failure}[/red]"
        report.measured(
            operation.yardstick, load.cpu_ms, what=f"{operation.name}, {clients} clients", note=note
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--only", default="", help="names of operations, joined by commas")
    args = parser.parse_args()
    only = {name for name in args.only.split(",") if name}
    measure_load(installation(), seconds=args.seconds, only=only).print()


if __name__ == "__main__":
    main()
