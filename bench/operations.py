"""What people and programs do again and again, as requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench import baselines
from bench.baselines import Yardstick, page
from bench.client import Request

CURRENT = "carriers_signal s join carriers_signalday d on d.day = s.day and d.is_current"
STATES = ("TX", "CA", "FL", "GA", "OH", "IL")


@dataclass(frozen=True, slots=True)
class Operation:
    """One of them; `make` gives its n-th request."""

    name: str
    yardstick: Yardstick
    make: Callable[[int], Request]
    is_page: bool


class Sample:
    """What requests ask for: rows that exist, in a mixed order."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        def column(query: str) -> list[Any]:
            return [row[0] for row in connection.execute(query).fetchall()]

        mixed = "order by md5(s.dot_number::text)"
        self._carriers = column(f"select s.dot_number from {CURRENT} {mixed} limit 500")
        self._names = column(f"select s.name from {CURRENT} where s.name <> '' {mixed} limit 300")
        self._accounts = column("select id from accounts_account order by md5(id::text) limit 500")

    def carrier(self, number: int) -> int:
        """A USDOT number with a current signal."""
        return int(self._carriers[number % len(self._carriers)])

    def account(self, number: int) -> int:
        """An account's id."""
        return int(self._accounts[number % len(self._accounts)])

    def words(self, number: int) -> str:
        """The first words of a name, as one types them."""
        return " ".join(str(self._names[number % len(self._names)]).split()[:2])[:24]

    def state(self, number: int) -> str:
        """One of the larger states."""
        return STATES[number % len(STATES)]


def _action(name: str, yardstick: Yardstick, make: Callable[[int], Mapping[str, object]] = lambda _: {}) -> Operation:
    def request(number: int) -> Request:
        return "POST", f"/api/actions/{name}", json.dumps(make(number)).encode()

    return Operation(name, yardstick, request, is_page=False)


def _page(name: str, yardstick: Yardstick, make: Callable[[int], str]) -> Operation:
    return Operation(name, page(yardstick), lambda number: ("GET", make(number), b""), is_page=True)


def operations(sample: Sample) -> list[Operation]:
    """What is measured: JSON first, then the pages that show the same. Every other list is filtered."""

    def in_a_state(number: int) -> dict[str, str]:
        return {"state": sample.state(number)} if number % 2 else {}

    def query(path: str, number: int) -> str:
        return f"{path}?{urlencode(in_a_state(number))}"

    def tag(number: int) -> dict[str, object]:
        return {"accountId": sample.account(number), "tag": f"load {number}"}

    def company(number: int) -> dict[str, object]:
        return {"name": f"Load test carrier {number}", "state": sample.state(number)}

    return [
        _action("getTopProspects", baselines.LIST, in_a_state),
        _action("getDashboardKPIs", baselines.BOARD),
        _action("listSignals", baselines.LIST, in_a_state),
        _action("listAccounts", baselines.LIST, in_a_state),
        _action("search", baselines.SEARCH, lambda n: {"q": sample.words(n)}),
        _action("getSignal", baselines.OPEN, lambda n: {"dotNumber": sample.carrier(n)}),
        _action("getAccount", baselines.OPEN, lambda n: {"accountId": sample.account(n)}),
        _action("addTag", baselines.CHANGE, tag),
        _action("createAccount", baselines.CREATE, company),
        _page("dashboard page", baselines.BOARD, lambda n: query("/", n)),
        _page("signals page", baselines.LIST, lambda n: query("/signals/", n)),
        _page("accounts page", baselines.LIST, lambda n: query("/accounts/", n)),
        _page("palette search", baselines.SEARCH, lambda n: f"/search?{urlencode({'q': sample.words(n)})}"),
        _page("carrier page", baselines.OPEN, lambda n: f"/carriers/{sample.carrier(n)}/"),
    ]
