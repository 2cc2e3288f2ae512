"""What templates draw with: icons from the sprite, sparklines, and the country as a grid of tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from django.templatetags.static import static
from markupsafe import Markup

SPRITE = "ui/icons.svg"


@cache
def _sprite() -> str:
    return static(SPRITE)


@lru_cache(maxsize=1_024)
def icon(name: str, label: str = "", extra: str = "", tone: str = "") -> Markup:
    """A drawing of the sprite. With a label it speaks for itself; without one a word beside it must."""
    voice = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    mood = Markup(' data-tone="{}"').format(tone) if tone else ""
    return Markup('<svg class="icon {}" {}{}><use href="{}#{}"/></svg>').format(extra, voice, mood, _sprite(), name)


def spark_points(values: Sequence[float | None], width: int = 72, height: int = 20) -> str:
    """The points of a small line through the values that are known, scaled to the box with a pixel of margin."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    span = max(high - low, 1)
    across = (width - 4) / max(len(values) - 1, 1)
    return " ".join(f"{2 + i * across:.1f},{height - 2 - (v - low) / span * (height - 4):.1f}" for i, v in known)


# Where each state stands when the country is a grid of tiles.
_ROWS = (
    "AK .. .. .. .. .. .. .. .. .. .. ME",
    ".. .. .. .. .. .. .. .. .. .. VT NH",
    ".. WA ID MT ND MN IL WI MI NY RI MA",
    ".. OR NV WY SD IA IN OH PA NJ CT ..",
    ".. CA UT CO NE MO KY WV VA MD DE ..",
    ".. .. AZ NM KS AR TN NC SC DC .. ..",
    ".. .. .. .. OK LA MS AL GA .. .. ..",
    "HI .. .. .. TX .. .. .. .. FL .. ..",
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A state on the grid: its place in units of tiles, its count, and its step of five (0: none)."""

    state: str
    column: int
    row: int
    count: int
    step: int


def state_tiles(counts: Mapping[str, int]) -> list[Tile]:
    """Every state with its count; steps by share of the largest."""
    most = max(counts.values(), default=0)
    return [
        Tile(state, column, row, counts.get(state, 0), _step(counts.get(state, 0), most))
        for row, line in enumerate(_ROWS)
        for column, state in enumerate(line.split())
        if state != ".."
    ]


def _step(count: int, most: int) -> int:
    if count <= 0:
        return 0
    share = count / most
    return 1 + (share > 0.25) + (share > 0.5) + (share > 0.75)
