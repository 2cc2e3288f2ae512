"""What the content security policy would refuse must not be written in the first place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import headhaul.console

CONSOLE = Path(headhaul.console.__file__).parent
TEMPLATES = sorted(CONSOLE.rglob("*.html"))
MODULES = sorted((CONSOLE / "ui/static/ui/js").glob("*.js"))
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle=", re.S),
    "a style element": re.compile(r"<style\b"),
    "an event handler attribute": re.compile(r"<[^>]*\son[a-z]+=", re.S),
    "an inline script": re.compile(r"<script(?![^>]*(?:\ssrc=|application/json))[^>]*>"),
    "hx-on": re.compile(r"\shx-on"),
    "a script in a value": re.compile(r"hx-vals=['\"]js:"),
    "an address elsewhere": re.compile(r"(?:src|href)=\"https?://"),
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(CONSOLE)))
def test_a_template_holds_nothing_inline(template: Path) -> None:
    text = template.read_text()
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def test_modules_stay_small() -> None:
    assert sum(module.stat().st_size for module in MODULES) < 100_000
    assert [module.name for module in MODULES if len(module.read_text().splitlines()) > 100] == []


def test_modules_never_evaluate_text() -> None:
    evaluated = re.compile(r"\beval\(|new Function\(|innerHTML|insertAdjacentHTML|setAttribute\(\"style\"")
    assert [module.name for module in MODULES if evaluated.search(module.read_text())] == []


def test_every_module_is_part_of_the_frame() -> None:
    imported = set(re.findall(r'import "\./([a-z_]+\.js)"', (CONSOLE / "ui/static/ui/js/main.js").read_text()))
    assert {module.name for module in MODULES} - imported - {"main.js", "dom.js"} == set()
