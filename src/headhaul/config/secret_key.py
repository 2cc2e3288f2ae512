"""The key that signs sessions: made once, kept in HEADHAUL_HOME, readable by us alone."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from headhaul.config.env import SettingError

_LEAST = 32


def kept_secret(home: Path, name: str) -> str:
    """The secret of that name, made on the first call. Two processes that start together get the same one."""
    path = home / name
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            fresh = home / f"{name}.{os.getpid()}.new"
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        value = path.read_text().strip()
    except OSError as problem:
        raise SettingError(f"Cannot keep {path}: {problem.strerror}. Choose another HEADHAUL_HOME.") from problem
    if len(value) < _LEAST:
        raise SettingError(f"{path} is too short to be a key. Remove it and a new one is made; people sign in again.")
    return value
