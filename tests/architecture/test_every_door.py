"""What the product promises to do is done by people too: a page of the console asks for each action by its name."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import headhaul.console
from tests.architecture.test_registry import CORE

PLACE = Path(headhaul.console.__file__).parent
ASKS = ("run", "perform")


@cache
def asked_by_pages() -> set[str]:
    """The strings that console code hands to `run` or `perform`, itself or as a constant of its own."""
    names: set[str] = set()
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in PLACE.rglob("*.py")}
    for path, tree in trees.items():
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        asking = [node for node in calls if getattr(node.func, "id", "") in ASKS and len(node.args) >= 2]
        for node in asking:
            within = ast.walk(node.args[1])
            names |= {each.value for each in within if isinstance(each, ast.Constant) and isinstance(each.value, str)}
        if any(not isinstance(node.args[1], ast.Constant) for node in asking):  # it asks for one of its panel's table
            panel = path.relative_to(PLACE).parts[0]
            of_panel = (other for place, other in trees.items() if place.relative_to(PLACE).parts[0] == panel)
            names |= {n.value for other in of_panel for n in ast.walk(other) if _is_text(n)}
    return names


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("name", [marked.removeprefix("+") for marked in CORE])
def test_a_page_asks_for_it(name: str) -> None:
    assert name in asked_by_pages()
