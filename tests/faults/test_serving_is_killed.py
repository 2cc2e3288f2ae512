"""`headhaul serve` as a whole: it starts, says where, stops cleanly, and whatever is killed leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from headhaul.config.embedded_postgres import Layout, processes
from tests.config.postgres_users import eventually, open_directory, postmaster, stopped


class Serving:
    """A home, a port, and the processes that serve it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.layout = Layout.of(home / "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "HEADHAUL_HOME": str(home),
            "HEADHAUL_DEMO": "0",
            "HEADHAUL_WEB_PROCESSES": "1",
            "HEADHAUL_POSTGRES_OPTIONS": "fsync=off",
            "DJANGO_SETTINGS_MODULE": "headhaul.config.settings",
            "DATABASE_URL": "",
            "PORT": str(self.port),
        }
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        with (self.home / "serve.log").open("w") as log:
            command = [sys.executable, "-m", "headhaul.config", "serve"]
            started = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=subprocess.STDOUT, text=True, start_new_session=True
            )
        self.process = started
        assert eventually(lambda: self.answers() or started.poll() is not None, seconds=300)
        assert self.answers(), self.said()
        return started

    def second_start(self) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "headhaul.config", "serve"]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True)

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def said(self) -> str:
        return (self.home / "serve.log").read_text()

    def children(self, kind: str) -> list[int]:
        """Pids of our web or worker processes, found by the home they were given."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                command, given = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            except OSError:
                continue
            if kind.encode() in command and f"HEADHAUL_HOME={self.home}\0".encode() in given:
                found.append(int(entry.name))
        return found

    def nothing_is_left(self) -> bool:
        return not self.children("headhaul.config") and stopped(self.layout)


@pytest.fixture
def serving(home: Path) -> Iterator[Serving]:
    serving = Serving(home)
    yield serving
    if serving.process and serving.process.poll() is None:
        serving.process.terminate()
        serving.process.wait(60)
    assert eventually(serving.nothing_is_left, seconds=60), serving.said()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with open_directory() as path:
        yield path


def test_control_c_stops_web_worker_and_database(serving: Serving) -> None:
    running = serving.start()
    assert f"Headhaul runs at http://127.0.0.1:{serving.port}" in serving.said()
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 0
    assert serving.nothing_is_left()


def test_a_second_start_beside_a_running_one_says_where_that_is(serving: Serving) -> None:
    running = serving.start()
    second = serving.second_start()
    assert second.returncode == 1
    assert f"http://127.0.0.1:{serving.port} (process {running.pid})" in second.stderr
    assert serving.answers()


def test_a_killed_headhaul_leaves_nothing_behind_and_starts_again_at_once(serving: Serving) -> None:
    serving.start().kill()
    assert serving.process is not None
    serving.process.wait()
    serving.start()


def test_a_dead_worker_stops_the_rest_with_an_error(serving: Serving) -> None:
    running = serving.start()
    assert eventually(lambda: len(serving.children("worker")) == 1)
    os.kill(serving.children("worker")[0], signal.SIGKILL)
    assert running.wait(60) == 1
    assert "the worker process ended by itself" in serving.said()


def test_a_killed_database_is_started_again_under_a_running_headhaul(serving: Serving) -> None:
    serving.start()
    before = postmaster(serving.layout)
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: processes.is_locked(serving.layout.base / "keeper.lock") and _other(serving, before))
    assert eventually(serving.answers), serving.said()


def _other(serving: Serving, before: int) -> bool:
    try:
        return postmaster(serving.layout) != before
    except (OSError, ValueError, IndexError):
        return False
