"""A real HTTP server on the loopback address, whose answers and faults a test sets out in advance."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """An answer. `cut_after` closes the connection after so many bytes; `drip` waits between bytes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut_after: int | None = None
    says_length: bool = True
    drip: float = 0.0
    wait: float = 0.0


class Loopback:
    """Serves `answer(seen)`, except that replies queued with `next` come first, one for each request."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.closing = threading.Event()
        self._queue: deque[Reply | Callable[[Seen], Reply]] = deque()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def next(self, *replies: Reply | Callable[[Seen], Reply]) -> None:
        """Give these answers to the next requests, whatever they ask."""
        self._queue.extend(replies)

    def answer(self, seen: Seen) -> Reply:
        """The normal answer."""
        return Reply(status=404)

    def take(self, seen: Seen) -> Reply:
        """The answer to this request: the next one queued, or the normal one."""
        self.seen.append(seen)
        queued = self._queue.popleft() if self._queue else self.answer
        return queued(seen) if callable(queued) else queued

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, loopback: Loopback) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.loopback = loopback

    def handle_error(self, *_: object) -> None:
        """A connection that was cut, by us or by the client, is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        seen = Seen(unquote(parts.path), dict(parse_qsl(parts.query)), dict(self.headers.items()))
        reply = self.server.loopback.take(seen)
        self.server.loopback.closing.wait(reply.wait)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.says_length:
            self.send_header("Content-Length", str(len(reply.body)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self._send_body(reply)
        if reply.cut_after is not None:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def _send_body(self, reply: Reply) -> None:
        body = reply.body[: reply.cut_after]
        for piece in (bytes([byte]) for byte in body) if reply.drip else (body,):
            self.wfile.write(piece)
            if reply.drip and self.server.loopback.closing.wait(reply.drip):
                return

    def log_message(self, *_: object) -> None:
        """Tests say themselves what they want to see."""
