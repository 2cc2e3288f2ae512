"""How a conversion is shared out among its touches. Pure functions on whole numbers: every share is exact.

Each model gives each touch a number of units; a whole (the cents of a deal, or the millionths of one conversion) is
shared out in proportion to them. What does not divide evenly goes, one by one, to the touches with the largest
remainder, of equal ones to the earlier touch, so that the shares of a conversion always sum to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ONE = 1_000_000
"""A conversion in millionths: what counts are shared out in."""
DECAY_UNITS = 1_000_000
"""Units of the last touch under time decay; a touch twenty half-lives before it has none."""


class Model(StrEnum):
    """The ways to share out, side by side. The words are in addresses and files: never change one."""

    FIRST = "first"
    LAST = "last"
    LINEAR = "linear"
    POSITION = "position"
    DECAY = "decay"

    @property
    def label(self) -> str:
        """How a page says it."""
        return {
            "first": "First touch", "last": "Last touch", "linear": "Linear", "position": "Position-based",
            "decay": "Time decay",
        }[self.value]  # fmt: skip

    @property
    def meaning(self) -> str:
        """What it does, in a sentence."""
        return {
            "first": "All of a deal goes to its first touch.",
            "last": "All of a deal goes to the last touch before it was won.",
            "linear": "Every touch has the same share.",
            "position": "40 % to the first touch, 40 % to the last one, 20 % shared among those between; of two, half "
            "each.",
            "decay": "The later a touch, the more: its share halves with every half-life before the last touch.",
        }[self.value]


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """When a touch was. What happened at the same instant is ordered by kind, then by its number among its kind, so
    that the order in which touches are read never changes a share."""

    at: datetime
    rank: int = 0
    key: str = ""


def units(model: Model, moments: Sequence[datetime], *, half_life: timedelta) -> list[int]:
    """The units of touches at these moments, which are in order."""
    count = len(moments)
    if not count:
        return []
    match model:
        case Model.FIRST:
            return [1, *[0] * (count - 1)]
        case Model.LAST:
            return [*[0] * (count - 1), 1]
        case Model.POSITION if count > 2:
            ends = 2 * (count - 2)  # of 5 (count - 2): two fifths
            return [ends, *[1] * (count - 2), ends]
        case Model.DECAY:
            whole = half_life.total_seconds()
            return [round(2.0 ** (-(moments[-1] - at).total_seconds() / whole) * DECAY_UNITS) for at in moments]
    return [1] * count


def split(whole: int, parts: Sequence[int]) -> list[int]:
    """`whole` in proportion to `parts` (of which one is more than 0), by the largest remainder."""
    total = sum(parts)
    shares = [whole * part // total for part in parts]
    remainders = [whole * part % total for part in parts]
    largest = sorted(range(len(parts)), key=lambda place: (-remainders[place], place))
    for place in largest[: whole - sum(shares)]:
        shares[place] += 1
    return shares


def shares(model: Model, moments: Sequence[Moment], *, whole: int, half_life: timedelta) -> list[int]:
    """What each of these touches gets of `whole`, in the order in which they are given; nothing for no touch."""
    order = sorted(range(len(moments)), key=lambda place: moments[place])
    given = split(whole, units(model, [moments[place].at for place in order], half_life=half_life)) if order else []
    answer = [0] * len(moments)
    for place, share in zip(order, given, strict=True):
        answer[place] = share
    return answer
