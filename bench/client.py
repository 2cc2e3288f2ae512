"""A closed-loop HTTP/1.1 client on raw sockets: a client sends its next request when the last answer is in.

Written for small cost: an HTTP library would use more CPU than the server it measures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.measure import cpu_seconds

Request = tuple[str, str, bytes]  # method, path with query, body


@dataclass(slots=True)
class Load:
    """What a run of requests took. Latencies in seconds, sorted."""

    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    first_failure: str = ""
    received: int = 0
    wall_s: float = 0
    server_cpu_s: float = 0
    database_cpu_s: float = 0

    @property
    def count(self) -> int:
        """Requests that were answered, failures included."""
        return len(self.latencies)

    @property
    def cpu_ms(self) -> float:
        """CPU per request, server and database together."""
        return 1000 * (self.server_cpu_s + self.database_cpu_s) / max(1, self.count)

    def percentile_ms(self, share: float) -> float:
        """The latency that this share of the requests stayed under."""
        return 1000 * self.latencies[min(self.count - 1, int(self.count * share))] if self.latencies else 0.0


class Connection:
    """One keep-alive connection; opened again when the server has closed it."""

    def __init__(self, host: str, port: int, headers: Mapping[str, str]) -> None:
        self._address = (host, port)
        self._head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: Request) -> tuple[int, bytes]:
        """Status and body of the answer."""
        method, path, body = request
        length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
        start = f"{method} {path} HTTP/1.1\r\nHost: {self._address[0]}:{self._address[1]}\r\n"
        raw = f"{start}{self._head}{length}\r\n"
        for attempt in (1, 2):
            try:
                return await self._exchange(raw.encode() + body)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError

    async def _exchange(self, raw: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address, limit=1 << 26)
        reader, writer = self._streams
        writer.write(raw)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status, at = int(head[9:12]), head.find(b"content-length:")
        if at >= 0:
            length = int(head[at + 15 : head.index(b"\r", at)])
            body = await reader.readexactly(length) if length else b""
        elif b"transfer-encoding: chunked" in head:
            body = await _chunks(reader)
        else:
            body = b""
        if b"connection: close" in head:
            self.close()
        return status, body

    def close(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        chunk = await reader.readexactly(size + 2)
        if not size:
            return b"".join(parts)
        parts.append(chunk[:-2])


async def drive(
    make: Callable[[int], Request],
    *,
    address: tuple[str, int],
    headers: Mapping[str, str],
    clients: int,
    seconds: float,
    server: int,
    database: int,
    first: int = 0,
) -> Load:
    """Load the server for `seconds`. `make` gives the n-th request; numbers go on through all clients."""
    load, number = Load(), first
    until = time.perf_counter() + seconds

    async def one_client() -> None:
        nonlocal number
        connection = Connection(*address, headers)
        while time.perf_counter() < until:
            number += 1
            request, began = make(number), time.perf_counter()
            status, body = await connection.send(request)
            load.latencies.append(time.perf_counter() - began)
            load.received += len(body)
            if status >= 300:
                load.failures += 1
                load.first_failure = load.first_failure or f"{status} {body[:200].decode(errors='replace')}"
        connection.close()

    before, began = (cpu_seconds([server]), cpu_seconds([database])), time.perf_counter()
    await asyncio.gather(*(one_client() for _ in range(clients)))
    load.wall_s = time.perf_counter() - began
    await asyncio.sleep(0.05)
    load.server_cpu_s = cpu_seconds([server]) - before[0]
    load.database_cpu_s = cpu_seconds([database]) - before[1]
    load.latencies.sort()
    return load
