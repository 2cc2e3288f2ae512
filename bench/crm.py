"""What a rep's and a manager's day costs: list, search, open, board, move, create, and their pages.

    SIZE=1000000 python -m bench.crm [--seconds 8] [--only "listAccounts,moveStage"]

SIZE accounts and contacts, a fifth as many opportunities, three times as many activities (default 100,000). Run it at
100,000 and at 1,000,000: what costs the same at both is flat. Import and export are measured at the end, as commands.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench import baselines, crm_data
from bench.baselines import Yardstick, page
from bench.client import Request
from bench.installation import Installation, installation, password_of
from bench.load import Target, free_port, lift_limits, make_token, measure_operation, sign_in
from bench.operations import Operation
from bench.report import Report

DEALS = 60_000


class Sample:
    """Rows that exist, in a mixed order, for requests to ask for."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._accounts = self._column(f"select id from accounts_account {_mixed('id')} limit 2000")
        self._names = self._column(f"select name from accounts_account {_mixed('id')} limit 500")
        self._stages = dict(connection.execute("select key, id from pipeline_stage").fetchall())
        self._deals = connection.execute(
            "select id, version, stage_id from pipeline_opportunity where stage_id = any(%s) order by id desc limit %s",
            [[self._stages["prospecting"], self._stages["discovery"]], DEALS],
        ).fetchall()

    def _column(self, query: str) -> list[Any]:
        return [row[0] for row in self._connection.execute(query.encode()).fetchall()]

    def account(self, number: int) -> int:
        """An account's id."""
        return int(self._accounts[number % len(self._accounts)])

    def rep(self, number: int) -> int:
        """A rep's id."""
        reps = self._column("select id from security_user where role = 'rep' order by id")
        return int(reps[number % len(reps)])

    def words(self, number: int) -> str:
        """The first words of a name, as one types them."""
        return " ".join(str(self._names[number % len(self._names)]).split()[:2])

    def move(self, number: int) -> dict[str, object]:
        """A move that nobody made yet: each opportunity goes to the other of two stages, once a run."""
        key, version, stage = self._deals[number % len(self._deals)]
        to = "discovery" if stage == self._stages["prospecting"] else "prospecting"
        return {"opportunityId": key, "toStage": to, "version": version}


def _mixed(column: str) -> str:
    return f"order by md5({column}::text)"


def action(
    name: str, yardstick: Yardstick, make: Callable[[int], Mapping[str, object]], *, called: str = ""
) -> Operation:
    """An action asked with what `make` says; in the report it is `called` so, or by its name."""

    def request(number: int) -> Request:
        return "POST", f"/api/actions/{name}", json.dumps(make(number)).encode()

    return Operation(called or name, yardstick, request, is_page=False)


def page_of(name: str, yardstick: Yardstick, make: Callable[[int], str]) -> Operation:
    """A page at the address that `make` says."""
    return Operation(name, page(yardstick), lambda number: ("GET", make(number), b""), is_page=True)


def operations(sample: Sample, *, unique: int) -> list[Operation]:
    """The six, as actions and as pages; `unique` keeps what is created apart from earlier runs."""

    def company(number: int) -> dict[str, object]:
        return {
            "name": f"Bench Carrier {unique} {number}",
            "state": "TX",
            "city": "Dallas",
            "phone": f"+1972{(unique * 97 + number) % 10_000_000:07d}",
            "website": f"https://bench-{unique}-{number}.example",
        }

    def person(number: int) -> dict[str, object]:
        emails = [{"address": f"p{unique}-{number}@bench.example", "isPrimary": True}]
        return {"accountId": sample.account(number), "name": f"Pat Bench {unique} {number}", "emails": emails}

    def call(number: int) -> dict[str, object]:
        return {
            "accountId": sample.account(number),
            "type": "call",
            "outcome": "connected",
            "subject": "Spoke about pay",
        }

    return [
        action("listAccounts", baselines.LIST, lambda _: {"sort": "lastActivity", "limit": 50}),
        action("search", baselines.SEARCH, lambda n: {"q": sample.words(n), "limit": 25}),
        action("getAccount", baselines.OPEN, lambda n: {"accountId": sample.account(n)}),
        action("getTimeline", baselines.OPEN, lambda n: {"accountId": sample.account(n), "limit": 30}),
        action("getPipeline", baselines.BOARD, lambda _: {"perColumn": 50}),
        action("listOpportunities", baselines.LIST, lambda _: {"limit": 50}),
        action("getForecast", baselines.BOARD, lambda _: {"period": "quarter"}),
        action("getPipeline", baselines.BOARD, lambda _: {"state": "TX"}, called="getPipeline of a state"),
        action("getPipeline", baselines.BOARD, lambda _: {"risk": "any"}, called="getPipeline at risk"),
        action("getStageConversions", baselines.FIGURES, lambda _: {}),
        action("getForecastAccuracy", baselines.FIGURES, lambda _: {"period": "quarter"}),
        action("getPipelineMovement", baselines.FIGURES, lambda _: {"period": "quarter"}),
        action("moveStage", baselines.CHANGE, sample.move),
        action("logActivity", baselines.CREATE, call),
        action("createAccount", baselines.CREATE, company),
        action("createContact", baselines.CREATE, person),
        page_of("accounts page", baselines.LIST, lambda _: "/accounts/?sort=lastActivity"),
        page_of("palette search", baselines.SEARCH, lambda n: f"/search?{urlencode({'q': sample.words(n)})}"),
        page_of("account page", baselines.OPEN, lambda n: f"/accounts/{sample.account(n)}/"),
        page_of("pipeline page", baselines.BOARD, lambda _: "/pipeline/"),
        page_of("dashboard page", baselines.BOARD, lambda _: "/"),
    ]


def crm_installation(size: int) -> Installation:
    """An installation of its own, without carriers."""
    place = installation()
    home = place.home.parent / f"crm-{size}"
    home.mkdir(parents=True, exist_ok=True)
    return replace(place, home=home, carriers=0, password=password_of(home))


def measure_crm(*, size: int, seconds: float, only: set[str]) -> Report:
    """Every operation of the day with one and with eight clients."""
    title = f"The day: {size:,} accounts and contacts, {size // 5:,} opportunities, {3 * size:,} activities"
    return measured(title, choose=_of_the_day, size=size, seconds=seconds, only=only)


def _of_the_day(connection: psycopg.Connection[Any]) -> list[Operation]:
    row = connection.execute("select count(*) from actions_auditentry").fetchone()
    return operations(Sample(connection), unique=row[0] if row else 0)


def measured(
    title: str,
    *,
    choose: Callable[[psycopg.Connection[Any]], list[Operation]],
    size: int,
    seconds: float,
    only: set[str],
) -> Report:
    """Operations over the customer database of a size, with one and with eight clients; `only` names some of them."""
    report = Report(title)
    place = crm_installation(size)
    database, port = place.start_database(), free_port()
    place.run("migrate", database=database)
    place.make_users()
    with psycopg.connect(place.database, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        crm_data.fill(connection, size=size)
        lift_limits(place, database)
        chosen = choose(connection)
    with place.serving(port) as server:
        target = Target(
            port=port,
            server=server,
            database=database,
            token=make_token(place, database),
            cookies=sign_in(place, port),
        )
        for operation in chosen:
            if not only or operation.name in only:
                print(f"· {operation.name}")
                measure_operation(report, operation, target, seconds)
    return report


def command_line(described: str | None, measure: Callable[..., Report]) -> None:
    """Read `--seconds`, `--only` and SIZE, measure, and print."""
    parser = argparse.ArgumentParser(description=described, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--only", default="", help="names of operations, joined by commas")
    args = parser.parse_args()
    only = {name for name in args.only.split(",") if name}
    size = int(os.environ.get("SIZE", "100000").replace("_", "").replace(",", ""))
    measure(size=size, seconds=args.seconds, only=only).print()


if __name__ == "__main__":
    command_line(__doc__, measure_crm)
