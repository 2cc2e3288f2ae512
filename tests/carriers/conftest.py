"""What tests of this room share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from headhaul.carriers.models import ImportRun
from headhaul.kernel import SYSTEM
from tests.carriers.importing.census_files import write

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., ImportRun]:
    """Import rows as a census file of a day: load(rows, "2026-11-01")."""
    from headhaul.carriers.services.importing.carriers import import_carriers

    made = 0

    def run(rows: Sequence[Mapping[str, str]], day: str = "2026-11-01", **how: Any) -> ImportRun:
        nonlocal made
        made += 1
        folder = tmp_path / f"load{made}"
        folder.mkdir()
        path = write(folder / f"census_{day}.csv", rows, **how)
        return import_carriers(path=path, by=SYSTEM, at=AT, reports=tmp_path / "reports")

    return run


@pytest.fixture
def load_file(tmp_path: Path) -> Callable[..., ImportRun]:
    """Import any file."""
    from headhaul.carriers.services.importing.carriers import import_carriers

    def run(path: Path, **how: Any) -> ImportRun:
        return import_carriers(path=path, by=SYSTEM, at=AT, reports=tmp_path / "reports", **how)

    return run
