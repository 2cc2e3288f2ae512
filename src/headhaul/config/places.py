"""Where things are: the checkout or installed package, and the home of everything Headhaul writes."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
_ROOT = PACKAGE.parents[1]
CHECKOUT: Path | None = _ROOT if (_ROOT / "pyproject.toml").is_file() else None
WORKING_DIRECTORY = CHECKOUT or Path.cwd()
DEFAULT_HOME = WORKING_DIRECTORY / "var"
ENV_FILE = WORKING_DIRECTORY / ".env"
