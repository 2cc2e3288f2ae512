"""A file on its way: claimed by one process, resumed where it stopped, put in place in one step."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from headhaul.kernel import Conflict


class Part:
    """A file that is still arriving, with what is needed to go on where it stopped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._notes = path.with_name(f"{path.name}.json")
        self._file = path.open("ab")
        self.size = self._file.tell()

    def lock(self) -> bool:
        """Claim it for this process; False when another has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.fstat(self._file.fileno()).st_ino == self.path.stat().st_ino
        except (BlockingIOError, FileNotFoundError):
            return False  # another is at it, or has just made it the whole file

    def range_headers(self) -> dict[str, str]:
        """Ask for the rest, if the content is still the same; nothing when there is no way to tell."""
        same = self._noted("validator")
        if not self.size or not same:
            self.start_over()
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": same}

    def accept(self, response: httpx.Response) -> bool:
        """Get ready for the body: go on after what is here (True), or begin anew."""
        start = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
        if response.status_code == 206:
            return start is not None and int(start.group(1)) == self.size
        self.start_over()
        etag = response.headers.get("etag", "")
        changed = response.headers.get("last-modified", "")
        notes = {"validator": changed if not etag or etag.startswith("W/") else etag, "changed": changed}
        self._notes.write_text(json.dumps(notes), encoding="utf-8")
        return False

    def write(self, piece: bytes) -> None:
        """Append."""
        self._file.write(piece)
        self.size += len(piece)

    def flush(self) -> None:
        """Put what was written where other readers see it."""
        self._file.flush()

    def start_over(self) -> None:
        """Forget all of it."""
        self._file.truncate(0)
        self.size = 0
        self._notes.unlink(missing_ok=True)

    def published_at(self) -> datetime | None:
        """When the portal says the content last changed."""
        try:
            return parsedate_to_datetime(self._noted("changed"))
        except ValueError:
            return None

    def finish(self) -> Path:
        """Make it the file itself, on disk for good, in one step."""
        self._file.flush()
        os.fsync(self._file.fileno())
        whole = self.path.with_suffix("")
        self.path.replace(whole)
        self._notes.unlink(missing_ok=True)
        return whole

    def close(self) -> None:
        """Let go of the file and the claim."""
        self._file.close()

    def _noted(self, name: str) -> str:
        try:
            return str(json.loads(self._notes.read_text(encoding="utf-8"))[name])
        except (OSError, ValueError, KeyError, TypeError):
            return ""


@contextmanager
def claimed(path: Path) -> Iterator[Part]:
    """The part file, for this process alone. Raises Conflict when another is at it."""
    part = Part(path)
    try:
        if not part.lock():
            raise Conflict(f"{path.stem} is being downloaded right now. Wait for that to end.")
        yield part
    finally:
        part.close()
