"""Several test runs beside each other: each takes a free slot, and with it a database of its own that it reuses."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
SLOTS = Path(os.environ.get("HEADHAUL_TEST_HOME") or ROOT / "var" / "tests") / "slots"
NAMES = ("HEADHAUL_TEST_HOME", "HEADHAUL_TEST_SLOT", "HEADHAUL_TEST_DATABASE_URL")
_held: list[IO[str]] = []


def take() -> int:
    """The lowest free number, the same for our children; the kernel frees it when this process ends."""
    if given := os.environ.get("HEADHAUL_TEST_SLOT"):
        return int(given)
    SLOTS.mkdir(parents=True, exist_ok=True)
    for number in range(64):
        handle = (SLOTS / f"{number}.lock").open("a")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            continue
        _held.append(handle)
        os.environ["HEADHAUL_TEST_SLOT"] = str(number)
        return number
    raise RuntimeError("64 test runs at once; remove var/tests/slots if that is not so")


def schema_fingerprint() -> str:
    """Changes with every migration and every pinned library."""
    files = [*sorted(ROOT.glob("src/headhaul/**/migrations/*.py")), ROOT / "requirements.lock"]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def take_fingerprint(slot: int) -> str:
    """What the slot's database was left with. Taken away, so that a run that is killed leaves none."""
    path = SLOTS / f"{slot}.schema"
    found = path.read_text() if path.exists() else ""
    path.unlink(missing_ok=True)
    return found


def leave_fingerprint(slot: int, fingerprint: str) -> None:
    """The database is clean and has this schema."""
    (SLOTS / f"{slot}.schema").write_text(fingerprint)
