"""One running Headhaul per home: a lock the kernel lets go of by itself, and a note of who holds it."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path
from typing import IO

from headhaul.config.embedded_postgres.processes import lock
from headhaul.kernel import AppError


class AlreadyRunning(AppError):
    """Another process serves from this home."""

    code, status = "already_running", 409


class PortTaken(AppError):
    """Another program listens where we want to."""

    code, status = "port_taken", 409


class Instance:
    """Hold it for as long as this home is served."""

    def __init__(self, home: Path) -> None:
        self._path = home / "serve.lock"
        self._note = home / "serve.json"
        home.mkdir(parents=True, exist_ok=True)
        self._held: IO[str] | None = lock(self._path, wait=False)
        if self._held is None:
            raise AlreadyRunning(
                f"Headhaul already runs here: {self._describe()}. Open it there, or stop that process first. "
                "For a second one beside it set HEADHAUL_HOME and PORT to others."
            )

    def note(self, address: str) -> None:
        """Tell those who come later where we are."""
        self._note.write_text(json.dumps({"pid": os.getpid(), "address": address}))

    def _describe(self) -> str:
        try:
            known = json.loads(self._note.read_text())
        except (OSError, ValueError):
            return "it is still starting"
        return f"{known['address']} (process {known['pid']})"

    def close(self) -> None:
        """Let go."""
        if self._held:
            self._note.unlink(missing_ok=True)
            self._held.close()
            self._held = None


def listen(host: str, port: int, *, patience_seconds: float = 5) -> socket.socket:
    """A listening socket. A predecessor that was killed a moment ago may need the time to go."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + patience_seconds
    while True:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(2048)
        except OSError as problem:
            listener.close()
            if isinstance(problem, socket.gaierror) or problem.errno != 98 or time.monotonic() > deadline:
                raise PortTaken(_reason(host, port, problem)) from problem
            time.sleep(0.2)
            continue
        return listener


def _reason(host: str, port: int, problem: OSError) -> str:
    if problem.errno == 98:
        return f"Port {port} on {host} is taken by another program. Choose another one, for example PORT={port + 1}."
    return f"Cannot listen on {host}:{port}: {problem.strerror}. HOST and PORT say where to."
