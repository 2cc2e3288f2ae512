"""Settings from the environment, read through typed helpers that say which name is wrong and what would be right.

A `.env` file is read first; a name that is set in the environment wins over it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

_LINE = re.compile(r"^(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class SettingError(Exception):
    """A setting has a value that cannot be used. The message names it and says what is accepted."""


def parse_env_file(text: str, *, source: str = ".env") -> dict[str, str]:
    """NAME=value lines; `#` starts a comment line; one pair of quotes around a value is taken off."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line.strip())
        if match is None:
            raise SettingError(f"{source} line {number}: expected NAME=value, found {line.strip()[:40]!r}")
        name, value = match.groups()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found[name] = value
    return found


def load_env_file(path: Path, into: MutableMapping[str, str] | None = None) -> None:
    """Add what the file sets and the environment does not. A missing file is fine."""
    environment = os.environ if into is None else into
    if path.is_file():
        for name, value in parse_env_file(path.read_text(encoding="utf-8"), source=str(path)).items():
            environment.setdefault(name, value)


class Env:
    """Reads names from a mapping and remembers which ones, so that a test can compare them with .env.sample."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = os.environ if values is None else values
        self.names: set[str] = set()

    def _raw(self, name: str) -> str | None:
        self.names.add(name)
        value = self._values.get(name, "").strip()
        return value or None

    def text(self, name: str, default: str = "") -> str:
        """A string; empty counts as not set."""
        return self._raw(name) or default

    def secret(self, name: str) -> str:
        """A string that is a secret: given here, or in the file that NAME_FILE points to."""
        given, path = self._raw(name), self._raw(f"{name}_FILE")
        if given and path:
            raise SettingError(f"Set {name} or {name}_FILE, not both.")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as problem:
                raise SettingError(f"{name}_FILE: cannot read {path}: {problem.strerror}") from problem
        return given or ""

    def flag(self, name: str, default: bool = False) -> bool:
        """yes or no, in the usual spellings."""
        value = (self._raw(name) or str(default)).lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise SettingError(f"{name}={value!r} is neither yes nor no. Use 1 or 0.")

    def whole(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """A whole number within bounds."""
        value = self._raw(name)
        bounds = f"from {least} to {most}" if most is not None else f"{least} or more"
        try:
            number = default if value is None else int(value)
        except ValueError as problem:
            raise SettingError(f"{name}={value!r} is not a whole number ({bounds}).") from problem
        if number < least or (most is not None and number > most):
            raise SettingError(f"{name}={number} is out of range ({bounds}).")
        return number

    def path(self, name: str, default: Path) -> Path:
        """An absolute path; ~ and relative paths are resolved here, once."""
        return Path(self._raw(name) or default).expanduser().absolute()

    def several(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """A list separated by commas."""
        value = self._raw(name)
        return list(default) if value is None else [part.strip() for part in value.split(",") if part.strip()]

    def choice(self, name: str, default: str, *, among: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in among:
            raise SettingError(f"{name}={value!r} must be one of: {', '.join(among)}.")
        return value


env = Env()
