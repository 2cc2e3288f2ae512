"""A small HTTP server for fakes that are written to, and run beside the test or as a process of their own."""

from __future__ import annotations

import base64
import json
import random
import socket
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form; of a repeated one the last."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The document."""
        return json.loads(self.body or b"null")

    @property
    def basic(self) -> tuple[str, str]:
        """User and password."""
        given = self.headers.get("Authorization", "")
        user, _, password = base64.b64decode(given.removeprefix("Basic ") or b"").decode().partition(":")
        return user, password


@dataclass(frozen=True)
class Answered:
    """An answer. `is_cut`: the connection ends instead. `wait`: seconds before anything is said."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False
    wait: float = 0.0


def document(what: Any, status: int = 200, **headers: str) -> Answered:
    """An answer that carries JSON."""
    return Answered(json.dumps(what).encode(), status, {"Content-Type": "application/json"} | headers)


@dataclass
class Faults:
    """How often what goes wrong, between 0 and 1. The first three are definite noes, the others come after acceptance.

    `webhooks_lost`, `webhooks_doubled` are of the notices about what was accepted; `webhooks_first` are sent before
    the answer, `webhooks_shuffled` are held back and sent in any order.
    """

    refused: float = 0.0  # 400
    busy: float = 0.0  # 429
    down: float = 0.0  # 503 before anything was done
    broken: float = 0.0  # 500 after acceptance
    cut: float = 0.0  # the connection ends after acceptance
    silent: float = 0.0  # no answer for `silence` seconds after acceptance
    nonsense: float = 0.0  # an answer that is no JSON after acceptance
    silence: float = 30.0
    webhooks_lost: float = 0.0
    webhooks_doubled: float = 0.0
    webhooks_first: float = 0.0
    webhooks_shuffled: float = 0.0


BEFORE = ("refused", "busy", "down")
AFTER = ("broken", "cut", "silent", "nonsense")


class HttpFake:
    """Answers with `answer`; /_/seen, /_/faults and /_/stop are for tests that run it as another process."""

    def __init__(self, *, port: int = 0, seed: int = 1, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.dice = random.Random(seed)
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.next: list[str] = []  # faults for the next requests by name, "" for none
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, asked: Asked) -> Answered:
        """What the fake says."""
        raise NotImplementedError

    def seen(self) -> Any:
        """What it has accepted, as JSON."""
        raise NotImplementedError

    def draw(self, names: tuple[str, ...]) -> str:
        """One of these faults, or ""."""
        with self.lock:
            if self.next:
                return self.next.pop(0) if self.next[0] in (*names, "") else ""
            point = self.dice.random()
        for name in names:
            point -= getattr(self.faults, name)
            if point < 0:
                return name
        return ""

    def chance(self, name: str) -> bool:
        """Whether it happens this time."""
        with self.lock:
            return self.dice.random() < getattr(self.faults, name)

    def take(self, asked: Asked) -> Answered:
        """The answer, or that of the test's own door."""
        if asked.path == "/_/seen":
            return document(self.seen())
        if asked.path == "/_/faults":
            self.faults = Faults(**(asdict(self.faults) | asked.json))
            return document(asdict(self.faults))
        if asked.path == "/_/stop":
            self.closing.set()
            return document({})
        return self.answer(asked)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def run(self) -> None:
        """As a process of its own: print the address and serve until it is told to stop."""
        with self:
            print(self.url, flush=True)
            self.closing.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, fake: HttpFake, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.fake = fake

    def handle_error(self, *_: object) -> None:
        """A connection that was cut, by us or by the client, is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # whoever asked was gone before the end: nobody takes half a request
            self.close_connection = True
            return
        headers = {name.title(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
        answered = self.server.fake.take(asked)
        if answered.wait:
            self.server.fake.closing.wait(answered.wait)
        if answered.is_cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answered.status)
        for name, value in ({"Content-Length": str(len(answered.body))} | answered.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answered.body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Tests say themselves what they want to see."""


def after_acceptance(fault: str, good: Answered, *, silence: float) -> Answered:
    """The answer to what was accepted, as that fault spoils it."""
    return {
        "": good,
        "broken": document({"code": 20500, "message": "Internal Server Error", "status": 500}, 500),
        "cut": Answered(is_cut=True),
        "silent": Answered(is_cut=True, wait=silence),
        "nonsense": Answered(b"<html>accepted, perhaps", good.status, {"Content-Type": "application/json"}),
    }[fault]
