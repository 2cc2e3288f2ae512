"""Draws the pictures by which a phone shows the capture page among its apps: the mark on the accent colour, as PNG.

`python scripts/app_icons.py` after the mark changed; the pictures are kept with the code. Needs Chromium.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1] / "src" / "headhaul" / "console"
MARK, TARGET = ROOT / "ui/static/ui/mark.svg", ROOT / "capture/static/capture"
GROUND = "#0f5a66"
# A launcher cuts a maskable picture into a shape of its own: all that matters lies within four fifths of it.
PICTURES = {"icon-192.png": (192, 1, ""), "icon-512.png": (512, 1, ""), "icon-maskable-512.png": (512, 0.72, GROUND)}


def main() -> None:
    """Draw them all."""
    mark = re.sub(r"<\?xml[^>]*\?>", "", MARK.read_text(encoding="utf-8"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (size, share, ground) in PICTURES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                f"<style>body{{margin:0}}div{{width:{size}px;height:{size}px;display:grid;place-items:center;"
                f"background:{ground or 'transparent'}}}svg{{width:{size * share:.0f}px;height:{size * share:.0f}px}}"
                f"</style><div>{mark}</div>"
            )
            page.screenshot(path=TARGET / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
