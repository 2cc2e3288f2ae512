"""Workers as real processes that may be killed at any moment. Django is loaded once; each worker is a fork.

Commands come as lines of JSON on stdin, answers go to stdout. Whatever dies is replaced, whatever stops is woken.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

FREEZE_SECONDS = 7.0


def rest(seconds: float) -> None:
    """Sleep by a call that a library for false clocks leaves alone."""
    select.select([], [], [], seconds)


class Crew:
    """The processes, and how often they had to be replaced."""

    def __init__(self) -> None:
        self.running: dict[int, tuple[str, dict[str, Any]]] = {}
        self.frozen: dict[int, float] = {}
        self.kills = self.freezes = self.failures = 0
        self.is_closing = False
        self.dice = random.Random(1)

    def start(self, kind: str, given: dict[str, Any]) -> None:
        """One more process."""
        from django.db import connection

        connection.close()
        connection.close_pool()  # what is open now would be shared with the child
        seed = self.dice.randrange(2**32)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
            os.close(0)
            try:
                KINDS[kind](seed, given)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        self.running[pid] = (kind, given)

    def watch(self) -> None:
        """Wake who slept long enough, replace who died."""
        for pid, since in list(self.frozen.items()):
            if time.monotonic() - since > FREEZE_SECONDS:
                os.kill(pid, signal.SIGCONT)
                del self.frozen[pid]
        while self.running:
            pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            if pid == 0:
                return
            if os.WIFSTOPPED(status):
                self.frozen[pid] = time.monotonic()
                self.freezes += 1
                continue
            kind, given = self.running.pop(pid)
            self.frozen.pop(pid, None)
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                self.kills += 1
            elif not self.is_closing and status != 0:
                self.failures += 1
                rest(0.1)
            if not self.is_closing and kind != "stopper":
                self.start(kind, given)

    def close(self) -> None:
        """End them all, as a supervisor does."""
        self.is_closing = True
        for pid in self.running:
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGCONT)
        while self.running:
            self.watch()
            rest(0.01)
        self.is_closing = False


def worker(seed: int, given: dict[str, Any]) -> None:
    """What the job does, without pause."""
    from headhaul.outreach.services import delivering
    from headhaul.outreach.services.clocks import DatabaseClock
    from tests.faults.sending.points import Points

    Points(seed=seed, kills=given["kills"], freezes=given["freezes"], log=given["log"]).install()
    clock = DatabaseClock()

    def once() -> bool:
        done = delivering.deliver_due(clock=clock, limit=5, owner=f"worker {os.getpid()}", pause=rest)
        return done.claimed > 0

    forever(once)


def housekeeper(seed: int, given: dict[str, Any]) -> None:
    """Reaps, asks, applies; and dies now and then."""
    from headhaul.outreach.services import provider_events, reaping, reconciling
    from headhaul.outreach.services.clocks import DatabaseClock

    clock, dice = DatabaseClock(), random.Random(seed)

    def once() -> bool:
        reaping.reap(at=clock.now())
        reconciling.reconcile(clock=clock)
        if dice.random() < given["kills"] / 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return sum(provider_events.apply_waiting(at=clock.now(), limit=100).values()) > 0

    forever(once)


def intake(seed: int, given: dict[str, Any]) -> None:
    """The web process that providers tell what became of messages."""
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    from django.core.wsgi import get_wsgi_application

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True
        request_queue_size = 128

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    make_server("127.0.0.1", given["port"], get_wsgi_application(), Server, Quiet).serve_forever()


def stopper(seed: int, given: dict[str, Any]) -> None:
    """People who text STOP, each once, at any moment; notes by the database's clock when each was kept."""
    import django.db

    from headhaul.outreach.services.clocks import DatabaseClock
    from tests.faults.sending import doing

    clock, dice = DatabaseClock(), random.Random(seed)
    numbers = list(given["numbers"])
    dice.shuffle(numbers)
    log = os.open(given["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number in numbers:
        began = time.monotonic()
        doing.says_stop(number, at=clock.now())
        took = time.monotonic() - began
        os.write(log, f"{number} {clock.now().isoformat()} {took:.4f}\n".encode())
    django.db.connection.close()
    os._exit(0)


def forever(once: Callable[[], bool]) -> None:
    """Again and again; a database that is gone comes back."""
    from django.db import InterfaceError, OperationalError, connection

    while True:
        try:
            if not once():
                rest(0.05)
        except (OperationalError, InterfaceError):
            connection.close()
            rest(0.1)


KINDS: dict[str, Callable[[int, dict[str, Any]], None]] = {
    "worker": worker,
    "housekeeper": housekeeper,
    "intake": intake,
    "stopper": stopper,
}


def main() -> None:
    import django

    django.setup()
    from tests.faults.sending import doing

    doing.hurry()
    crew = Crew()
    say({"ready": True})
    buffer = b""
    while True:
        ready, _, _ = select.select([0], [], [], 0.02)
        crew.watch()
        if not ready:
            continue
        read = os.read(0, 65_536)
        if not read:
            crew.close()
            return
        buffer += read
        while b"\n" in buffer:
            line, _, buffer = buffer.partition(b"\n")
            say(answer(crew, json.loads(line)))


def answer(crew: Crew, asked: dict[str, Any]) -> dict[str, Any]:
    """Do one command."""
    from tests.faults.sending import doing

    match asked.pop("do"):
        case "start":
            for _ in range(asked.pop("count", 1)):
                crew.start(asked["kind"], asked)
            return {}
        case "close":
            crew.close()
            return {"kills": crew.kills, "freezes": crew.freezes, "failures": crew.failures}
        case name:
            return doing.DO[name](**asked)


def say(what: dict[str, Any]) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
