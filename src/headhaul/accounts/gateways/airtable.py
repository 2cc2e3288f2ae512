"""Airtable's Web API through pyairtable: at most five requests a second, patient with 429, honest about the rest.

What is only read or is the same when done twice is tried again after a fault; records that are being created are not,
because nobody knows whether the first try made them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from headhaul.accounts.errors import AirtableAway, AirtableRefused
from headhaul.carriers.gateways.pacing import Pacer

PER_SECOND = 5
IN_TENS = 10
PAGE = 100
TRIES = 5
LONGEST_WAIT = 60.0
WAIT_WHEN_UNTOLD = 30.0  # what Airtable asks for after a 429
TIMEOUT = (10, 60)
_NO_COLUMN = re.compile(r'Unknown field name: "([^"]+)"')


class Airtable:
    """One base."""

    def __init__(self, *, token: str, base: str, url: str, pacer: Pacer | None = None, sleep: Any = time.sleep) -> None:
        from pyairtable import Api

        self._api = Api(token, endpoint_url=url, retry_strategy=None, timeout=TIMEOUT)
        self._base = base
        self.lacks: dict[str, set[str]] = {}  # columns by table that a write named and the base does not have
        self._pacer, self._sleep = pacer or Pacer(PER_SECOND), sleep

    def records(self, table: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        """(record id, fields, when it was made) of a whole table, page by page."""
        offset: str | None = None
        while True:
            asked = {"pageSize": PAGE} | ({"offset": offset} if offset else {})
            page = self._ask("GET", table, params=asked)
            for record in page.get("records", []):
                yield record["id"], record.get("fields", {}), record.get("createdTime", "")
            offset = page.get("offset")
            if not offset:
                return

    def create(self, table: str, many: Sequence[Mapping[str, Any]]) -> list[str]:
        """The ids of at most ten new records, in their order."""
        made = self._write("POST", table, [{"fields": dict(fields)} for fields in many], again=False)
        return [record["id"] for record in made["records"]]

    def update(self, table: str, many: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Change at most ten records."""
        self._write("PATCH", table, [{"id": key, "fields": dict(fields)} for key, fields in many])

    def _write(
        self, method: str, table: str, records: Sequence[Mapping[str, Any]], *, again: bool = True
    ) -> dict[str, Any]:
        """Write what the table has columns for. Airtable names one that it lacks, and has written nothing then."""
        lacks = self.lacks.setdefault(table, set())
        while True:
            kept = [
                {**each, "fields": {name: value for name, value in each["fields"].items() if name not in lacks}}
                for each in records
            ]
            try:
                return self._ask(method, table, json={"records": kept, "typecast": True}, again=again)
            except AirtableRefused as refusal:
                named = _NO_COLUMN.search(refusal.message)
                if named is None or {named[1]} | lacks >= set(records[0]["fields"]):
                    raise
                lacks.add(named[1])

    def _ask(self, method: str, table: str, *, again: bool = True, **rest: Any) -> dict[str, Any]:
        import requests

        for attempt in range(TRIES):
            self._pacer.take_turn(at_most=LONGEST_WAIT)
            is_last = attempt == TRIES - 1
            try:
                url = self._api.table(self._base, table).urls.records
                answer: dict[str, Any] = self._api.request(method, url, **rest)
            except requests.HTTPError as fault:
                wait = self._wait_after(fault, table, again=again, attempt=attempt)
                if is_last:
                    raise AirtableAway("Airtable is too busy now. Start it again later.") from fault
                self._sleep(wait)
            except (requests.RequestException, ValueError) as fault:
                if not again or is_last:
                    raise _broken(table, again=again) from fault
                self._sleep(2.0**attempt)
            else:
                return answer
        raise AirtableAway("Airtable does not answer.")

    def _wait_after(self, fault: Any, table: str, *, again: bool, attempt: int) -> float:
        """Seconds until the next try. Raises for what no repetition mends."""
        status = fault.response.status_code
        if status == 429:
            asked = fault.response.headers.get("Retry-After", "")
            wait = float(asked) if asked.isdigit() else WAIT_WHEN_UNTOLD
            if wait > LONGEST_WAIT:
                raise AirtableAway(f"Airtable asks to wait {wait:.0f} seconds. Start it again later.") from fault
            return wait
        if status >= 500:
            if not again:
                raise _broken(table, again=again) from fault
            return 2.0**attempt
        raise _refused(status, table, _said(fault.response)) from fault


class NoSuchTable(AirtableRefused):
    """The base has no table of that name, or the token may not see it."""

    code = "airtable_no_table"


def connect() -> Airtable:
    """The base that the settings name. AirtableRefused when they name none."""
    if not settings.AIRTABLE_TOKEN or not settings.AIRTABLE_BASE_ID:
        raise AirtableRefused("Set AIRTABLE_TOKEN and AIRTABLE_BASE_ID first; see the README's table of settings.")
    return Airtable(token=settings.AIRTABLE_TOKEN, base=settings.AIRTABLE_BASE_ID, url=settings.AIRTABLE_URL)


def is_configured() -> bool:
    """Whether the settings name a base and a token."""
    return bool(settings.AIRTABLE_TOKEN and settings.AIRTABLE_BASE_ID)


def _broken(table: str, *, again: bool) -> AirtableAway:
    if again:
        return AirtableAway(f"Airtable did not answer for {table}. Nothing was lost; start it again later.")
    return AirtableAway(
        f"The connection broke while records of {table} were created, so up to ten of them may be there or not. "
        "Import from Airtable once, which finds them again, and then export anew."
    )


def _said(response: Any) -> str:
    try:
        error = response.json().get("error", "")
    except ValueError:
        return ""
    return str(error.get("message") or error.get("type", "")) if isinstance(error, dict) else str(error)


def _refused(status: int, table: str, said: str) -> AirtableRefused:
    quoted = f" Airtable says: {said[:300]}" if said else ""
    if status == 401:
        return AirtableRefused("Airtable does not accept the token. Make a new one and set AIRTABLE_TOKEN.")
    if status in (403, 404):
        return NoSuchTable(f"The base has no table {table}, or the token may not see it.{quoted}")
    return AirtableRefused(f"Airtable does not accept what was sent for {table}.{quoted}")
