"""The whole scene of a fault test: a database that crashes, providers that fail, a crew that is killed."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from tests.fakes.http_fake import Faults
from tests.fakes.smtp_sink import Sink, SmtpFaults, smtp_sink
from tests.fakes.twilio_server import TwilioServer
from tests.faults.invariants import Found, Handed, check
from tests.faults.sending.crash_server import CrashServer, crash_server

IS_FULL = os.environ.get("HEADHAUL_FAULTS") == "full"
TWILIO_FAULTS = Faults(
    refused=0.04, down=0.04, cut=0.03, broken=0.01, nonsense=0.01,
    webhooks_lost=0.1, webhooks_doubled=0.5, webhooks_first=0.5, webhooks_shuffled=0.3,
)  # fmt: skip
SMTP_FAULTS = SmtpFaults(tempfail=0.04, permfail=0.02, cut_before=0.02, cut_after=0.05, drop=0.01)
_ATTEMPT = re.compile(r"/attempts/([0-9a-f]{32})-")
_OPEN = """
select count(*) filter (where state in ('claimed', 'dispatching', 'unknown') or state = 'queued'
                        and due_at < clock_timestamp() + interval '1 day'),
       (select count(*) from outreach_providerevent where applied_at is null and verdict <> 'failed')
from outreach_message
"""

_WAITING = """
select state, held_rule, held_reason, result_code, result_text, count(*) from outreach_message
where state not in ('accepted', 'delivered') group by 1, 2, 3, 4, 5 order by 6 desc limit 5
"""


class Scene:
    """Everything that takes part."""

    def __init__(
        self, server: CrashServer, twilio: TwilioServer, sink: Sink, folder: Path, more: dict[str, str]
    ) -> None:
        self.server, self.twilio, self.sink = server, twilio, sink
        self.log = folder / "points.log"
        self.log.touch()
        self.said = folder / "crew.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        twilio.deliver_to = self.address
        environment = os.environ | {
            "DATABASE_URL": server.url,
            "DJANGO_SETTINGS_MODULE": "headhaul.config.settings",
            "HEADHAUL_LOG_LEVEL": "ERROR",
            "HEADHAUL_PUBLIC_URL": self.address,
            "HEADHAUL_ALLOWED_HOSTS": "127.0.0.1",
            "HEADHAUL_INTERNAL_HOSTS": "127.0.0.1",
            "HEADHAUL_HTTPS": "0",
            "TWILIO_URL": twilio.url,
        }
        environment |= more
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sending.crew"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said.open("w"),
            text=True,
            env=environment,
        )
        assert self._hear() == {"ready": True}

    @property
    def address(self) -> str:
        """Of our web server."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, do: str, **given: Any) -> Any:
        """A command to the crew's first process, and its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self.process.stdin.flush()
        return self._hear()

    def start(self, *, workers: int, kills: float, freezes: float = 0.0) -> None:
        """Let them work."""
        chances = {"kills": kills, "freezes": freezes, "log": str(self.log)}
        self.ask("start", kind="intake", count=1, port=self.port)
        self.ask("start", kind="worker", count=workers, **chances)
        self.ask("start", kind="housekeeper", count=1, **chances)

    def open_ones(self) -> tuple[int, int]:
        """Messages that are not settled, and events that wait; of a database that is down, all."""
        try:
            with self.server.connect() as connection:
                row = connection.execute(_OPEN).fetchone()
        except psycopg.OperationalError:
            return sys.maxsize, sys.maxsize
        assert row is not None
        return int(str(row[0])), int(str(row[1]))

    def wait_until_fewer_than(self, count: int, *, seconds: float) -> None:
        """Until so few messages are not settled."""
        until = time.monotonic() + seconds
        while (left := self.open_ones()[0]) > count:
            assert time.monotonic() < until, f"{left} are left: {self.waiting()} {self.said.read_text()[-2_000:]}"
            time.sleep(0.05)

    def waiting(self) -> list[object]:
        """What keeps messages, for whoever reads a failure."""
        with self.server.connect() as connection:
            return list(connection.execute(_WAITING).fetchall())

    def settle(self, *, seconds: float) -> None:
        """Wait until nothing is on its way; providers tell what they held back."""
        until = time.monotonic() + seconds
        while (left := self.open_ones()) != (0, 0):
            assert time.monotonic() < until, f"not drained: {left}; {self.said.read_text()[-2_000:]}"
            if left[0] == 0:
                self.twilio.release()
            time.sleep(0.1)
        self.twilio.settle()
        while self.open_ones() != (0, 0):
            assert time.monotonic() < until
            time.sleep(0.1)

    def taken(self) -> list[Handed]:
        """What the providers have, by the attempt that it names."""
        texts = [
            Handed(UUID(hex=found[1]), made.form["Body"].encode())
            for made in self.twilio.made
            if (found := _ATTEMPT.search(made.form.get("StatusCallback", "")))
        ]
        assert len(texts) == len(self.twilio.made), "a text names no attempt"
        mails = [Handed(UUID(mail.message_id[1:37]), mail.raw) for mail in self.sink.taken]
        return texts + mails

    def points(self) -> dict[str, int]:
        """Where workers were killed or stopped."""
        found = self.log.read_text().split()
        return {name: found.count(name) for name in sorted(set(found))}

    def check(self) -> Found:
        """Every invariant."""
        with self.server.connect() as connection:
            found = check(connection, self.taken())
        replayed, verified = self.ask("replay", seed=7), self.ask("verify")
        found.expect("I8 another end after a replay", [replayed] if replayed["changed"] else [])
        found.expect("I9 a chain is broken", [verified] if not (verified["audit"] and verified["receipts"]) else [])
        found.counts |= {"events replayed": replayed["events"], "receipts sealed": verified["sealed"]}
        return found

    def close(self) -> None:
        """End the crew."""
        self.process.kill()
        self.process.wait()

    def _hear(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.said.read_text()[-3_000:]
        return json.loads(line)


@contextmanager
def scene(
    folder: Path,
    *,
    seed: int,
    texts: Faults = TWILIO_FAULTS,
    mails: SmtpFaults = SMTP_FAULTS,
    environment: dict[str, str] | None = None,
    disk: Path | None = None,
) -> Iterator[Scene]:
    """All of it, gone afterwards; the database on a disk of its own, if one is given."""
    with (
        crash_server(disk) as server,
        TwilioServer(seed=seed, faults=texts) as twilio,
        smtp_sink(sink=Sink(seed=seed, faults=mails)) as sink,
    ):
        made = Scene(server, twilio, sink, folder, environment or {})
        try:
            made.ask("set_up", smtp_port=sink.port)
            yield made
        finally:
            made.close()
