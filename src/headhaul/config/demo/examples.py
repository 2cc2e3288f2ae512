"""Where the example files are: beside the source in a checkout, inside the package in a wheel."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = (_PACKAGE / "examples", _PACKAGE.parents[1] / "examples")


def folder() -> Path:
    """The folder with the examples. FileNotFoundError when the installation came without them."""
    for place in _PLACES:
        if (place / "README.md").is_file():
            return place
    raise FileNotFoundError("The example files are not installed; expected them in " + " or ".join(map(str, _PLACES)))


@cache
def assumptions() -> dict[str, Any]:
    """What the demo driver pool is made from."""
    read: dict[str, Any] = json.loads((folder() / "drivers" / "assumptions.json").read_text(encoding="utf-8"))
    return read
