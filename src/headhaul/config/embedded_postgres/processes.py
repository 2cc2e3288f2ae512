"""From the operating system: locks that vanish with their holder, children that follow their parent, who runs where."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import IO

from headhaul.config.embedded_postgres.layout import ServerUser

_PR_SET_PDEATHSIG = 1


def lock(path: Path, *, shared: bool = False, wait: bool = True) -> IO[str] | None:
    """Lock a file until it is closed or this process is gone, however it goes. None if somebody else has it."""
    handle = path.open("a")
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        handle.close()
        return None
    return handle


def is_locked(path: Path) -> bool:
    """Whether somebody holds the file exclusively now."""
    if not path.exists():
        return False
    probe = lock(path, shared=True, wait=False)
    if probe is not None:
        probe.close()
    return probe is None


def following_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """For Popen's preexec_fn: the kernel sends the child this signal when the parent is gone, even by kill -9."""
    libc, parent = ctypes.CDLL(None), os.getpid()

    def follow() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:  # gone before the kernel knew
            os.kill(os.getpid(), with_signal)

    return follow


def running_in(directory: Path, user: ServerUser | None) -> set[int]:
    """Processes whose working directory this is. Every PostgreSQL process, orphans too, works in its data directory.

    A root without the right to trace may not look at other users' processes, so the look is taken as that user.
    """
    if user is None:
        return _working_in(directory)
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgroups([])
            os.setgid(user.gid)
            os.setuid(user.uid)
            os.write(writer, " ".join(map(str, _working_in(directory))).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        found = {int(pid) for pid in answer.read().split()}
    os.waitpid(child, 0)
    return found | _working_in(directory)


def _working_in(directory: Path) -> set[int]:
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/cwd") == str(directory):
                found.add(int(pid))
        except OSError:
            continue
    return found
