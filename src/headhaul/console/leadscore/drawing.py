"""The reliability curve as points in a square: what was said across, what came upward. Drawn on the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEFT, TOP, SIDE = 36.0, 8.0, 240.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One bin: where its point stands and how far its interval reaches."""

    x: float
    y: float
    upper: float
    lower: float
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One model's curve."""

    name: str
    shape: str
    path: str
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Both curves with their axes. `most` is the probability at the end of both axes."""

    lines: list[Line]
    ticks: list[tuple[float, float, str]]
    most: float


def reliability(before: Any, after: Any) -> Drawing:
    """Both axes reach as far as the highest probability or share, in steps of 10 percent points."""
    known = [("Before", "circle", before), ("After", "square", after)]
    points = [point for _, _, measured in known if measured for point in measured.curve]
    highest = max([0.1, *[max(point.said, point.most) for point in points]])
    most = min(1.0, -(-highest // 0.1) * 0.1)
    lines = [_line(name, shape, measured.curve, most) for name, shape, measured in known if measured and measured.curve]
    step = 0.1 if most <= 0.5 else 0.2
    shares = [step * place for place in range(int(round(most / step, 6)) + 1)]
    return Drawing(lines, [(_x(share, most), _y(share, most), f"{share * 100:.0f} %") for share in shares], most)


def _line(name: str, shape: str, curve: Any, most: float) -> Line:
    marks = [
        Mark(
            _x(point.said, most),
            _y(point.came, most),
            _y(point.most, most),
            _y(point.least, most),
            f"{name}: chance given {point.said * 100:.0f} %, won {point.came * 100:.0f} % of {point.n:,} leads",
        )
        for point in curve
    ]
    return Line(name, shape, " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in marks), marks)


def _x(share: float, most: float) -> float:
    return round(LEFT + SIDE * min(share, most) / most, 1)


def _y(share: float, most: float) -> float:
    return round(TOP + SIDE * (1 - min(share, most) / most), 1)
