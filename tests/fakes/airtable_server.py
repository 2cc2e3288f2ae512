"""Airtable's Web API as it is documented: pages with an offset, records in tens, and every fault on demand."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes import loopback
from tests.fakes.loopback import Loopback, Reply, Seen

TOKEN, BASE = "patTest.0123456789", "appTest000000000"


class AirtableServer(Loopback):
    """Holds `tables` of records by id; `bodies` are what was written to it. Queued replies come first."""

    def __init__(self, *, page: int = 2) -> None:
        super().__init__()
        self.tables: dict[str, dict[str, dict[str, Any]]] = {}
        self.bodies: list[tuple[str, str, dict[str, Any]]] = []
        self.page = page
        self.refuses = ""  # a value that no field takes
        self.lacks: set[str] = set()  # columns that no table has
        self._made = 0

    def put(self, table: str, *many: dict[str, Any]) -> list[str]:
        """Records of a table; their ids."""
        return [self._add(table, fields) for fields in many]

    def answer(self, seen: Seen) -> Reply:
        """GET: a page of a table."""
        refusal, table = self._check(seen)
        if refusal is not None:
            return refusal
        size = min(self.page, int(seen.query.get("pageSize", "100")))
        records = list(self.tables[table].items())
        start = int(seen.query.get("offset", "itr0").removeprefix("itr"))
        shown = [
            {
                "id": key,
                "createdTime": "2026-01-02T03:04:05.000Z",
                "fields": {n: v for n, v in fields.items() if v != ""},
            }
            for key, fields in records[start : start + size]
        ]
        body: dict[str, Any] = {"records": shown}
        if start + size < len(records):
            body["offset"] = f"itr{start + size}"
        return _json(body)

    def write(self, method: str, seen: Seen, body: dict[str, Any]) -> Reply:
        """POST creates, PATCH changes; at most ten."""
        self.seen.append(seen)
        queued = self._queue.popleft() if self._queue else None
        if queued is not None:
            return queued(seen) if callable(queued) else queued
        refusal, table = self._check(seen)
        if refusal is not None:
            return refusal
        records = body.get("records", [])
        if not 1 <= len(records) <= 10:
            return _error(422, "INVALID_REQUEST_UNKNOWN", "You may only write 1 to 10 records")
        if self.refuses and any(self.refuses in map(str, each["fields"].values()) for each in records):
            return _error(422, "INVALID_VALUE_FOR_COLUMN", f"Cannot parse value {self.refuses}")
        for name in sorted(self.lacks & {name for each in records for name in each["fields"]}):
            return _error(422, "UNKNOWN_FIELD_NAME", f'Unknown field name: "{name}"')
        if method == "PATCH" and any(each["id"] not in self.tables[table] for each in records):
            return _error(404, "MODEL_ID_NOT_FOUND", "Record not found")
        self.bodies.append((method, table, body))
        done = []
        for each in records:
            key = each["id"] if method == "PATCH" else self._add(table, {})
            self.tables[table][key].update({n: v for n, v in each["fields"].items() if v is not None})
            done.append({"id": key, "createdTime": "2026-01-02T03:04:05.000Z", "fields": self.tables[table][key]})
        return _json({"records": done})

    def _check(self, seen: Seen) -> tuple[Reply | None, str]:
        if seen.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, "AUTHENTICATION_REQUIRED", "Authentication required"), ""
        _, version, base, table = seen.path.split("/", 3)
        if version != "v0" or base != BASE or table not in self.tables:
            said = "Invalid permissions, or the requested model was not found."
            return _error(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", said), ""
        return None, table

    def _add(self, table: str, fields: dict[str, Any]) -> str:
        self._made += 1
        key = f"rec{self._made:014d}"
        self.tables.setdefault(table, {})[key] = dict(fields)
        return key


def too_many(retry_after: str = "1") -> Reply:
    """The answer to a sixth request in a second."""
    body = {"errors": [{"error": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded. Please try again later"}]}
    return Reply(json.dumps(body).encode(), status=429, headers={"Retry-After": retry_after})


def broken(status: int = 502) -> Reply:
    """A gateway's page."""
    return Reply(b"<html>Bad gateway</html>", status=status, content_type="text/html")


def cut() -> Reply:
    """An answer that breaks off."""
    return Reply(b'{"records": [{"id": "rec', cut_after=10)


def _json(body: dict[str, Any], status: int = 200) -> Reply:
    return Reply(json.dumps(body).encode(), status=status)


def _error(status: int, kind: str, message: str) -> Reply:
    return _json({"error": {"type": kind, "message": message}}, status)


def _written(method: str) -> Any:
    def handle(self: BaseHTTPRequestHandler) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        body = json.loads(self.rfile.read(size))
        server: Any = self.server.loopback  # type: ignore[attr-defined]
        take = server.take
        server.take = lambda seen: server.write(method, seen, body)
        try:
            self.do_GET()  # type: ignore[attr-defined]
        finally:
            server.take = take

    return handle


loopback._Handler.do_POST = _written("POST")  # type: ignore[attr-defined]
loopback._Handler.do_PATCH = _written("PATCH")  # type: ignore[attr-defined]
