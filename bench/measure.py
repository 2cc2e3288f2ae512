"""What work costs: wall time, CPU of its processes and of PostgreSQL's, peak memory. Linux only."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Cost:
    """One measurement. `peak_mb` is of the measured process alone, its children's peaks not added."""

    wall_s: float
    cpu_s: float
    database_cpu_s: float
    peak_mb: float
    output: str = ""

    @property
    def all_cpu_s(self) -> float:
        """CPU of the work and of the database together."""
        return self.cpu_s + self.database_cpu_s


def _stat(pid: int) -> tuple[int, int] | None:
    """Parent and CPU ticks (own and of children that ended) of a process, or None when it is gone."""
    try:
        line = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = line[line.rindex(")") + 2 :].split()
    return int(fields[1]), sum(int(field) for field in fields[11:15])


def tree(roots: Iterable[int]) -> dict[int, int]:
    """CPU ticks by process, for these processes and all their descendants."""
    seen = {int(entry.name): _stat(int(entry.name)) for entry in _PROC.iterdir() if entry.name.isdigit()}
    children: dict[int, list[int]] = {}
    for pid, found in seen.items():
        if found:
            children.setdefault(found[0], []).append(pid)
    todo, ticks = list(roots), {}
    while todo:
        pid = todo.pop()
        if pid not in ticks and (found := seen.get(pid)):
            ticks[pid] = found[1]
            todo += children.get(pid, [])
    return ticks


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU used so far by these processes, their descendants and what those have reaped."""
    return sum(tree(roots).values()) / TICK


def memory_mb(roots: Iterable[int]) -> float:
    """Memory of a process tree now; what several share is counted once (proportional set size)."""
    total = 0
    for pid in tree(roots):
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def postmaster(connection_string: str) -> int:
    """The process that is the parent of all of a local PostgreSQL's, found from one of its backends."""
    with psycopg.connect(connection_string) as connection:
        row = connection.execute("select pg_backend_pid()").fetchone()
        found = _stat(row[0]) if row else None
    if found is None:
        raise SystemExit("The database runs on another machine: its CPU cannot be measured from here.")
    return found[0]


def listener(port: int) -> int:
    """The process that listens on a port of this machine, the eldest where several share it."""
    inodes = set()
    for table in ("tcp", "tcp6"):
        for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    owners = [int(pid.name) for pid in _PROC.iterdir() if pid.name.isdigit() and _holds(pid, inodes)]
    if not owners:
        raise SystemExit(f"Nothing listens on port {port}.")
    parents = {pid: found[0] for pid in owners if (found := _stat(pid))}
    return min(pid for pid, parent in parents.items() if parent not in parents)


def _holds(process: Path, inodes: set[str]) -> bool:
    try:
        return any(os.readlink(handle) in inodes for handle in (process / "fd").iterdir())
    except OSError:
        return False


def run(command: Sequence[str], *, database: int, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and say what it cost. Raises SystemExit with its output when it fails."""
    before, began = cpu_seconds([database]), time.perf_counter()
    process = subprocess.Popen(
        list(command),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(environment or os.environ),
    )
    assert process.stdout is not None
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
    reader.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    reader.join()
    wall = time.perf_counter() - began
    output = "".join(lines)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    return Cost(
        wall_s=wall,
        cpu_s=usage.ru_utime + usage.ru_stime,
        database_cpu_s=cpu_seconds([database]) - before,
        peak_mb=usage.ru_maxrss / 1024,
        output=output,
    )
