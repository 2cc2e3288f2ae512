"""What the phone's page is made of: every file that has to be there when the network is not."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.templatetags.static import static

from headhaul.console import ui
from headhaul.console.ui.templating import STYLESHEETS

_UI, _HERE = Path(ui.__file__).parent / "static", Path(__file__).parent / "static"
_OTHERS = ("ui/icons.svg", "ui/mark.svg", "vendor/htmx.js", "vendor/qr/index.js", "vendor/qr/decode.js")
PICTURES = ("icon-192.png", "icon-512.png", "icon-maskable-512.png")


@cache
def shell() -> list[str]:
    """Addresses of the files, under the names they are served by."""
    modules = [f"ui/js/{each.name}" for each in sorted((_UI / "ui/js").glob("*.js"))]
    own = [f"capture/{each.name}" for each in sorted((_HERE / "capture").glob("*.*"))]
    styles = [f"ui/css/{name}.css" for name in STYLESHEETS]
    return [static(name) for name in (*_OTHERS, *styles, *modules, *own)]


@cache
def version() -> str:
    """Changes when a file does: hashed names say so, and the times of the files where names do not."""
    seen = [f"{each}:{each.stat().st_mtime_ns}" for root in (_UI, _HERE) for each in sorted(root.rglob("*.*"))]
    return hashlib.sha256("\n".join([*shell(), *seen]).encode()).hexdigest()[:16]
