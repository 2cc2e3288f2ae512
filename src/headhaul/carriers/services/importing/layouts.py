"""Known file layouts, each one file in data/layouts. A file is recognised by its column names, in any order."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from headhaul.carriers.errors import ImportRefused

Kind = Literal["census", "cargo", "safety", "crash", "revocation"]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a kind of file looks like. `columns` names the file's column for each of our fields."""

    key: str
    title: str
    kind: Kind
    dot_number: str
    dates: str
    recognised_by: tuple[str, ...]
    columns: Mapping[str, str]
    precedence: int = 0
    cargo: str = ""
    cargo_known: str = ""
    status_code: str = ""
    classes: tuple[str, ...] = field(default=())


@cache
def layouts() -> tuple[Layout, ...]:
    """All layouts in data/layouts."""
    folder = files("headhaul.carriers") / "data" / "layouts"
    return tuple(
        _layout(tomllib.loads(entry.read_text(encoding="utf-8")))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    )


def detect(names: Sequence[str], *, file_name: str) -> Layout:
    """The layout of a file with these normal column names; of several the one that asks for most.

    Raises ImportRefused that names what was found, what is known, and what the nearest layout lacks.
    """
    found = set(names)
    fitting = [layout for layout in layouts() if found.issuperset(layout.recognised_by)]
    if fitting:
        return max(
            fitting,
            key=lambda layout: (len(found.intersection(layout.columns.values())), len(layout.recognised_by)),
        )
    nearest = max(layouts(), key=lambda layout: len(found.intersection(layout.recognised_by)))
    missing = [name for name in nearest.recognised_by if name not in found]
    shown = ", ".join(name[:40] or "(no name)" for name in list(names)[:12])
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    known = "; ".join(layout.title for layout in layouts())
    hint = (
        f" Nearest is {nearest.title}, which lacks {', '.join(missing)}."
        if len(missing) < len(nearest.recognised_by)
        else ""
    )
    raise ImportRefused(
        f"{file_name} is not a layout we know. Its columns: {shown}{more}.{hint} Known layouts: {known}.",
        fields={"file": "the first row must hold the column names as the source publishes them"},
    )


def _layout(raw: dict[str, object]) -> Layout:
    return Layout(**{key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()})  # type: ignore[arg-type]
