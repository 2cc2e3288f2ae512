"""The process that owns an embedded server: starts it, and stops it when its last user has gone.

Users hold a shared lock on `users.lock`; the kernel takes it from them when they die, so nothing has to be counted.
If the keeper itself is killed, the kernel tells the server to shut down.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from headhaul.config.embedded_postgres import binaries
from headhaul.config.embedded_postgres.layout import SOCKET_FILE, EmbeddedPostgresError, Layout
from headhaul.config.embedded_postgres.processes import following_parent, lock, running_in

DURABLE = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "max_connections": "120",
    "jit": "off",
}
THROWAWAY = DURABLE | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "300",
}
_ROOM_FOR_PARALLEL_QUERIES = 1 << 30
_LAST_WORDS_SECONDS = 60  # a server that is shutting down may be writing its checkpoint
_LARGEST_LOG = 10_000_000


def keep(layout: Layout, *, options: dict[str, str]) -> None:
    """Run the server until nobody uses it any more, or until it ends by itself."""
    with_others_waiting = lock(layout.base / "keeper.lock")
    programs = binaries.directory(layout.user)
    prepare(layout, programs, durable=options.get("fsync") != "off")
    clear_remains(layout)
    server = start(layout, programs, options)
    signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
    while server.poll() is None:
        time.sleep(0.5)
        starting = lock(layout.base / "start.lock", wait=False)
        last = lock(layout.base / "users.lock", wait=False) if starting else None
        if starting and last:
            server.send_signal(signal.SIGINT)
            server.wait()
        for held in (last, starting):
            if held:
                held.close()
    assert with_others_waiting is not None
    with_others_waiting.close()


def prepare(layout: Layout, programs: Path, *, durable: bool) -> None:
    """Make the data directory, whole or not at all, or see that these programs can read the one that is there."""
    if layout.user and not layout.user.can_pass(layout.base):
        raise EmbeddedPostgresError(
            f"{layout.base} holds the database, and its server, which does not run as root, cannot get there any more. "
            "Let others pass the directories above it (chmod o+x), or move it."
        )
    _own_directory(layout.socket, layout)
    stamp = layout.data / "PG_VERSION"
    if stamp.exists():
        have, need = stamp.read_text().strip(), binaries.major_version(programs)
        if have != str(need):
            raise EmbeddedPostgresError(
                f"{layout.data} was made by PostgreSQL {have}; the programs in {programs} are version {need} and "
                f"cannot read it. Run `headhaul backup` with version {have} (HEADHAUL_POSTGRES_BIN names its "
                f"directory), move the data directory away, and `headhaul restore` with version {need}."
            )
        return
    fresh = layout.base / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _own_directory(fresh, layout)
    if binaries.major_version(programs) >= 17:  # sorts the same on every machine
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        locale = ["--locale=C.UTF-8"]
    superuser = ["-U", "postgres", "-A", "trust", "-E", "UTF8"]
    command: list[str | Path] = [programs / "initdb", "-D", fresh, *superuser, *locale]
    made = subprocess.run(
        [*command, *([] if durable else ["--no-sync"])],
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **_identity(layout),
    )
    if made.returncode:
        raise EmbeddedPostgresError(f"PostgreSQL could not make its data directory {fresh}:\n{made.stdout.strip()}")
    fresh.rename(layout.data)


def clear_remains(layout: Layout) -> None:
    """Wait for a server that is going down, end what a killed one left running, remove its lock files.

    We hold keeper.lock, so nothing that still runs here has an owner. The pids in the lock files are not believed:
    they may belong to somebody else by now.
    """
    deadline = time.monotonic() + _LAST_WORDS_SECONDS
    while left := running_in(layout.data, layout.user):
        if time.monotonic() > deadline or _postmaster(layout) not in left:
            for pid in left:
                _kill(pid)
        time.sleep(0.05)
    for stale in (layout.data / "postmaster.pid", layout.socket / SOCKET_FILE, layout.socket / f"{SOCKET_FILE}.lock"):
        stale.unlink(missing_ok=True)


def start(layout: Layout, programs: Path, options: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the server as a child that goes when we go."""
    log = layout.base / "server.log"
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as output:
        return subprocess.Popen(
            [programs / "postgres", "-D", layout.data, "-k", layout.socket, *settings],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            preexec_fn=following_parent(signal.SIGINT),
            **_identity(layout),
        )


def _identity(layout: Layout) -> dict[str, Any]:
    if layout.user is None:
        return {}
    return {"user": layout.user.uid, "group": layout.user.gid, "extra_groups": []}


def _own_directory(path: Path, layout: Layout) -> None:
    """A directory for the server alone. One that somebody else put there first is refused, not used."""
    path.mkdir(mode=0o700, exist_ok=True)
    uid = layout.user.uid if layout.user else os.geteuid()
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in (uid, os.geteuid()):
        raise EmbeddedPostgresError(f"{path} belongs to somebody else. Remove it, or choose another HEADHAUL_HOME.")
    if layout.user:
        os.chown(path, layout.user.uid, layout.user.gid)
    path.chmod(0o700)


def _postmaster(layout: Layout) -> int:
    try:
        return int((layout.data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def shared_memory() -> dict[str, str]:
    """Containers often have 64 MB of /dev/shm, on which a large parallel query breaks off: files do, too."""
    try:
        room = os.statvfs("/dev/shm")  # noqa: S108 (only measured)
    except OSError:
        return {"dynamic_shared_memory_type": "mmap"}
    small = room.f_blocks * room.f_frsize < _ROOM_FOR_PARALLEL_QUERIES
    return {"dynamic_shared_memory_type": "mmap"} if small else {}


def options_from(text: str) -> dict[str, str]:
    """`shared_buffers=1GB,work_mem=64MB` as a dict."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


def main() -> int:
    """`python -m headhaul.config.embedded_postgres.keeper DIRECTORY durable|throwaway`"""
    layout = Layout.of(Path(sys.argv[1]))
    kind = DURABLE if sys.argv[2] == "durable" else THROWAWAY
    options = kind | shared_memory() | options_from(os.environ.get("HEADHAUL_POSTGRES_OPTIONS", ""))
    try:
        keep(layout, options=options)
    except EmbeddedPostgresError as refusal:
        print(refusal, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
