"""All children run, or none. Real processes throughout."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.postgres_users import eventually

SUPERVISE = """
import sys
from headhaul.config.serving.supervisor import Child, Supervisor
folder = sys.argv[1]
def child(name, then):
    note = f"import os, pathlib, time; pathlib.Path({folder!r}, {name!r}).write_text(str(os.getpid()))"
    return Child(name, ["-c", f"{note}\\n{then}"])
children = [child("first", "time.sleep(600)"), child("second", sys.argv[2])]
sys.exit(Supervisor(children, say=lambda text: print(text, flush=True)).run())
"""


class Supervised:
    """A supervisor in a process of its own, with two children that leave their pids in a folder."""

    def __init__(self, folder: Path, second: str = "time.sleep(600)") -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(folder), second], stdout=subprocess.PIPE, text=True
        )
        assert eventually(lambda: all(self._written(name) for name in ("first", "second")))

    def _written(self, name: str) -> bool:
        return (self.folder / name).exists() and (self.folder / name).read_text() != ""

    def alive(self) -> list[str]:
        return [name for name in ("first", "second") if _is_alive(int((self.folder / name).read_text()))]


def _is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_children_and_is_a_success(tmp_path: Path, sign: signal.Signals) -> None:
    running = Supervised(tmp_path)
    running.process.send_signal(sign)
    assert running.process.wait(30) == 0
    assert running.alive() == []


def test_a_child_that_dies_takes_the_others_along_and_is_named(tmp_path: Path) -> None:
    running = Supervised(tmp_path, second="time.sleep(0.5); raise SystemExit(3)")
    said, _ = running.process.communicate(timeout=30)
    assert (running.process.returncode, running.alive()) == (1, [])
    assert "the second process ended by itself (exit code 3)" in said


def test_killing_the_supervisor_leaves_no_child_behind(tmp_path: Path) -> None:
    running = Supervised(tmp_path)
    assert running.alive() == ["first", "second"]
    running.process.kill()
    running.process.wait()
    assert eventually(lambda: running.alive() == [])


def test_a_child_that_does_not_listen_is_killed_when_asked_twice(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    running = Supervised(tmp_path, second=deaf)
    assert running.process.stdout is not None
    assert running.process.stdout.readline() == "deaf\n"
    running.process.send_signal(signal.SIGINT)
    assert eventually(lambda: "first" not in running.alive())
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(15) == 0
    assert running.alive() == []
