"""A disk of its own that can be filled to the last byte. Only root may mount one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.config.postgres_users import open_directory

_PIECE = bytes(64 * 1024)


class SmallDisk:
    """A file system in memory; what is not the database's is ballast."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self) -> int:
        """Take all space that is left now; how many bytes. Whoever wrote meanwhile has less: call it again."""
        taken = 0
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            while True:
                taken += ballast.write(_PIECE)
        return taken

    def free(self) -> None:
        """Give it all back."""
        self._ballast.unlink()


@contextmanager
def small_disk(*, megabytes: int) -> Iterator[SmallDisk]:
    """Mounted, and gone afterwards. Skips the test for anybody but root."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    with open_directory() as directory:
        options = f"size={megabytes}m,mode=0755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "headhaul-faults", str(directory)], check=True)
        try:
            yield SmallDisk(directory)
        finally:
            subprocess.run(["umount", "--lazy", str(directory)], check=True)
