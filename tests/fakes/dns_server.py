"""A name server on this machine that knows what a test tells it, and can be silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Zone:
    """Records by (name, type). `is_silent`: no question is answered."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str]] = []
        self.is_silent = False
        self.address = ""

    def put(self, name: str, kind: str, *values: str) -> None:
        """Records of a name; TXT values without quotes."""
        self.records[name.lower().rstrip("."), kind] = [f'"{each}"' if kind == "TXT" else each for each in values]

    def answer(self, question: bytes) -> bytes | None:
        """The answer on the wire."""
        asked = dns.message.from_wire(question)
        name, kind = asked.question[0].name, dns.rdatatype.to_text(asked.question[0].rdtype)
        key = name.to_text().lower().rstrip(".")
        self.asked.append((key, kind))
        if self.is_silent:
            return None
        reply = dns.message.make_response(asked)
        reply.flags |= dns.flags.RA
        if found := self.records.get((key, kind)):
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
        elif not any(known == key for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire(max_size=65535)


@contextmanager
def dns_server() -> Iterator[Zone]:
    """Serve on a free port over UDP."""
    zone = Zone()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    zone.address = f"127.0.0.1:{sock.getsockname()[1]}"

    def serve() -> None:
        while True:
            try:
                question, whose = sock.recvfrom(4096)
            except OSError:
                return
            if not question:
                return
            if (answer := zone.answer(question)) is not None:
                sock.sendto(answer, whose)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield zone
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", sock.getsockname())
        thread.join(2)
        sock.close()
