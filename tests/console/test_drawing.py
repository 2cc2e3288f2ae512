"""The sprite, the sparkline and the map of tiles."""

from __future__ import annotations

import re
from pathlib import Path

from headhaul.carriers.choices import Equipment
from headhaul.console.ui import drawing
from headhaul.console.ui.states import STATES

UI = Path(drawing.__file__).parent
CONSOLE = UI.parent


def symbols() -> set[str]:
    return set(re.findall(r'<symbol id="([a-z0-9_-]+)"', (UI / "static/ui/icons.svg").read_text()))


def test_every_icon_that_a_page_names_is_drawn() -> None:
    named: set[str] = set()
    for template in CONSOLE.rglob("*.html"):
        named.update(re.findall(r"""icon\(\s*["']([a-z-]+)["']\s*[,)]""", template.read_text()))
    assert named - symbols() == set()


def test_every_equipment_family_is_drawn() -> None:
    assert {f"eq-{kind.code}" for kind in Equipment} <= symbols()


def test_an_icon_without_a_label_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in drawing.icon("truck")
    assert 'role="img" aria-label="Urgent &amp; new"' in drawing.icon("truck", label="Urgent & new")


def test_the_map_holds_every_state_once() -> None:
    tiles = drawing.state_tiles({})
    assert sorted(tile.state for tile in tiles) == sorted(STATES)
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles)


def test_the_map_steps_by_share_of_the_largest() -> None:
    steps = {tile.state: tile.step for tile in drawing.state_tiles({"TX": 100, "OK": 60, "KS": 30, "NM": 1})}
    assert [steps[state] for state in ("TX", "OK", "KS", "NM", "CA")] == [4, 3, 2, 1, 0]


def test_a_sparkline_needs_two_points() -> None:
    assert drawing.spark_points([None, 4.0, None]) == ""
    assert len(drawing.spark_points([1.0, None, 3.0]).split()) == 2
