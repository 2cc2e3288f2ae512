"""PostgreSQL inside the product: its programs come from a wheel, its life cycle is ours.

`ensure(directory)` makes sure that a server runs there and keeps it running for as long as this process lives.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import psycopg

from headhaul.config.embedded_postgres import processes
from headhaul.config.embedded_postgres.layout import EmbeddedPostgresError, Layout

__all__ = ["DATABASE", "EmbeddedPostgresError", "Layout", "ensure", "is_running", "release"]

DATABASE = "headhaul"
_PATIENCE_SECONDS = 300  # recovery after a crash reads the log of everything since the last checkpoint

_using: dict[Path, IO[str]] = {}
_ensured: set[Path] = set()  # as asked: where a directory really is takes twenty looks at the disk to find out
_guard = threading.Lock()


def ensure(directory: Path, *, durable: bool = True, check_again: bool = False) -> None:
    """Return when a server answers in this directory; start it if need be.

    After the first time this costs nothing; `check_again` looks once more, for those who watch over it.
    """
    if directory in _ensured and not check_again:
        return
    with _guard:
        layout = Layout.of(directory)
        if layout.base in _using and not (check_again and not is_running(layout)):
            _ensured.add(directory)
            return
        _make_base(layout)
        with _locked(layout, "start.lock"):
            if layout.base not in _using:
                _using[layout.base] = _locked(layout, "users.lock", shared=True)
            try:
                if not is_running(layout):
                    _start(layout, durable=durable)
                _make_database(layout)
            except BaseException:
                _ensured.clear()
                _using.pop(layout.base).close()
                raise
        _ensured.add(directory)


def release(directory: Path, *, wait_seconds: float = 60) -> bool:
    """Stop using the server. True when it has then stopped, False when others still use it."""
    layout = Layout.of(directory)
    with _guard:
        _ensured.clear()
        held = _using.pop(layout.base, None)
        if held is None:
            return not is_running(layout)
        held.close()
    deadline = time.monotonic() + wait_seconds
    while processes.is_locked(layout.base / "keeper.lock"):
        if time.monotonic() > deadline or _others_use(layout):
            return False
        time.sleep(0.1)
    return True


def _others_use(layout: Layout) -> bool:
    """Users share the lock; the keeper, once it has found nobody, has it alone."""
    users = layout.base / "users.lock"
    for shared in (False, True):
        if probe := processes.lock(users, shared=shared, wait=False):
            probe.close()
            return shared
    return False


def is_running(layout: Layout) -> bool:
    """Whether the server has its keeper and answers."""
    if not processes.is_locked(layout.base / "keeper.lock"):
        return False
    try:
        _connect(layout).close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(layout: Layout) -> psycopg.Connection:
    return psycopg.connect(
        host=str(layout.socket), user="postgres", dbname="postgres", connect_timeout=2, autocommit=True
    )


def _locked(layout: Layout, name: str, *, shared: bool = False) -> IO[str]:
    try:
        held = processes.lock(layout.base / name, shared=shared)
    except PermissionError as problem:
        raise EmbeddedPostgresError(
            f"{layout.base} belongs to another user. Run as that user, or choose another HEADHAUL_HOME."
        ) from problem
    assert held is not None
    return held


def _make_base(layout: Layout) -> None:
    missing = [part for part in [layout.base, *layout.base.parents] if not part.exists()]
    try:
        for part in reversed(missing):
            part.mkdir(exist_ok=True)
            if layout.user:  # whatever the umask says, the server's user has to pass
                part.chmod(0o711)
    except PermissionError as problem:
        raise EmbeddedPostgresError(f"Cannot create {layout.base}. Choose another HEADHAUL_HOME.") from problem


def _start(layout: Layout, *, durable: bool) -> None:
    log = layout.base / "keeper.log"
    source = str(Path(__file__).parents[3])
    with log.open("w") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", f"{__name__}.keeper", str(layout.asked), "durable" if durable else "throwaway"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))},
        )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_running(layout):
        if keeper.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace").strip()
            raise EmbeddedPostgresError(
                f"{said or 'The embedded PostgreSQL did not start.'}\n(Its own log: {layout.base / 'server.log'})"
            )
        time.sleep(0.03)


def _make_database(layout: Layout) -> None:
    with _connect(layout) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
        if not known:
            connection.execute(f'create database "{DATABASE}"')
