"""Keeps a few child processes together: all run, or none."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from headhaul.config.embedded_postgres.processes import following_parent

_PATIENCE_SECONDS = 25


@dataclass(frozen=True, slots=True)
class Child:
    """A process to start. File descriptors in `pass_fds` are inherited."""

    name: str
    command: Sequence[str]
    pass_fds: tuple[int, ...] = ()


@dataclass(slots=True)
class Supervisor:
    """Starts the children and waits. Ends all when a signal comes or when one of them ends.

    The children get their own session, so that Ctrl-C reaches them once, through us; if we are killed, the kernel
    kills them.
    """

    children: Sequence[Child]
    watch: Callable[[], None] = lambda: None
    watch_every_seconds: float = 2
    say: Callable[[str], None] = print
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """0 after a signal to stop, 1 when a child ended on its own."""
        before = {sign: signal.signal(sign, self._on_signal) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            for child in self.children:
                self._running[child.name] = subprocess.Popen(
                    [sys.executable, *child.command],
                    stdin=subprocess.DEVNULL,
                    pass_fds=child.pass_fds,
                    start_new_session=True,
                    preexec_fn=following_parent(signal.SIGKILL),
                )
            return self._wait()
        finally:
            self._end_all()
            for sign, handler in before.items():
                signal.signal(sign, handler)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._stop.is_set():  # asked twice: no more patience
            for process in self._running.values():
                process.kill()
        self._stop.set()

    def _wait(self) -> int:
        looked = time.monotonic()
        while not self._stop.wait(0.2):
            for name, process in self._running.items():
                if (code := process.poll()) is not None:
                    self.say(f"headhaul: the {name} process ended by itself (exit code {code}); stopping the others.")
                    return 1
            if time.monotonic() - looked > self.watch_every_seconds:
                self.watch()
                looked = time.monotonic()
        return 0

    def _end_all(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
