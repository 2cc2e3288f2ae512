"""Fetches the pinned browser libraries and copies the files that pages load into the console's static files.

`python scripts/vendor.py` does nothing when what is there fits package-lock.json.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "headhaul" / "console" / "ui" / "static" / "vendor"
STAMP = TARGET / ".made-from"

# htmx and its extension are one file: loaded apart, htmx may start before the extension has registered itself.
FILES = {
    "htmx.js": ["htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-sse.min.js"],
    "echarts.js": ["echarts/dist/echarts.common.min.js"],
    "sortable.js": ["sortablejs/Sortable.min.js"],
    # Reads QR codes where the browser has no detector of its own; loaded when somebody opens the camera.
    "qr/decode.js": ["qr/decode.js"],
    "qr/index.js": ["qr/index.js"],
}
LICENCES = [
    "htmx.org/LICENSE",
    "echarts/LICENSE",
    "echarts/NOTICE",
    "zrender/LICENSE",
    "sortablejs/LICENSE",
    "qr/LICENSE",
]
_SOURCE_MAP = re.compile(r"^\s*//[#@]\s*sourceMappingURL=.*$", re.MULTILINE)


def fingerprint() -> str:
    """Of what is asked for: the lock and this script."""
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install() -> None:
    """`npm ci`: exactly what the lock says, no scripts of packages run."""
    if shutil.which("npm") is None:
        sys.exit("npm is missing. Headhaul's set-up needs Node 20 or later with npm.")
    command = ["npm", "ci", "--omit=optional", "--omit=dev", "--ignore-scripts", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
        sys.exit("npm could not install the browser libraries; its message is above.")


def copy(modules: Path, target: Path) -> None:
    """Copy, or join, each file; references to source maps are taken out, since the maps do not come along."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, parts in FILES.items():
        texts = [_SOURCE_MAP.sub("", (modules / part).read_text(encoding="utf-8")).strip() for part in parts]
        (target / name).parent.mkdir(exist_ok=True)
        (target / name).write_text(";\n".join(texts) + "\n", encoding="utf-8")
    notices = [f"== {name} ==\n{(modules / name).read_text(encoding='utf-8').strip()}\n" for name in LICENCES]
    (target / "licences.txt").write_text("\n".join(notices), encoding="utf-8")


def main() -> None:
    """Install and copy if the lock has changed since."""
    if STAMP.is_file() and STAMP.read_text() == fingerprint() and all((TARGET / name).is_file() for name in FILES):
        return
    install()
    copy(ROOT / "node_modules", TARGET)
    STAMP.write_text(fingerprint())
    print(f"browser libraries: {', '.join(FILES)} in {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
