"""Which browser, and how it is started."""

from __future__ import annotations

import shutil

# The shell has no windows to draw, which leaves the processor to the pages.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MISSING = "No Chromium was found, so no page was opened. Install it, for example: apt-get install chromium"
FLAGS = [
    "--no-sandbox",  # tests run as root in containers, where Chromium refuses its sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def path() -> str | None:
    """Where it is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)
