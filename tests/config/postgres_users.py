"""Real processes that use an embedded server, to be killed in tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from headhaul.config.embedded_postgres import Layout
from headhaul.config.embedded_postgres.processes import is_locked, running_in

USE = """
import sys
from pathlib import Path
from headhaul.config import embedded_postgres
embedded_postgres.ensure(Path(sys.argv[1]), durable=False)
print("using", flush=True)
sys.stdin.read()
"""


class User:
    """A process that keeps the server running for as long as it lives."""

    def __init__(self, directory: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "using\n"

    def leave(self) -> None:
        """End as programs usually do."""
        self.process.communicate()

    def kill(self) -> None:
        """kill -9"""
        self.process.kill()
        self.process.communicate()


@contextmanager
def open_directory() -> Iterator[Path]:
    """A directory the server's user can reach, too. pytest closes its own to others at the start of each session."""
    path = Path(tempfile.mkdtemp(prefix="headhaul-test-", dir="/tmp"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def eventually(what: Callable[[], bool], *, seconds: float = 120) -> bool:
    """Whether it comes true."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def stopped(layout: Layout) -> bool:
    """No keeper and no process of the server is left."""
    return not is_locked(layout.base / "keeper.lock") and not running_in(layout.data, layout.user)


def connect(layout: Layout) -> psycopg.Connection:
    """As the product does."""
    return psycopg.connect(host=str(layout.socket), user="postgres", dbname="headhaul", autocommit=True)


def postmaster(layout: Layout) -> int:
    """Its pid."""
    return int((layout.data / "postmaster.pid").read_text().split()[0])


def keeper(layout: Layout) -> int:
    """Its pid: the postmaster's parent."""
    status = Path(f"/proc/{postmaster(layout)}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))


def kill_all(*pids: int) -> None:
    """kill -9, all at once. Who follows another into death before its own turn is dead all the same."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
