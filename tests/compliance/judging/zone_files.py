"""Time zones without zoneinfo, for an oracle that shares nothing with the judge: the files, read byte by byte."""

from __future__ import annotations

import re
import struct
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import numpy as np

EPOCH = date(1970, 1, 1).toordinal()
_RULE = re.compile(r"([A-Za-z]+|<[^>]+>)([-+\d:]+)(?:([A-Za-z]+|<[^>]+>)([-+\d:]*),([^,]+),([^,]+))?")
_YEARS = range(2024, 2042)


@cache
def transitions(zone: str) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of UTC at which the offset changes, and the offsets in seconds: one more, the first holds before all."""
    folder, _, name = zone.rpartition("/")
    raw = (files("tzdata.zoneinfo") / folder / name if folder else files("tzdata.zoneinfo") / name).read_bytes()
    _, _, _, leaps, count, kinds, letters = _header(raw, 0)
    assert leaps == 0
    second = 44 + count * 5 + kinds * 6 + letters + _header(raw, 0)[1] + _header(raw, 0)[2]
    _, isut, isstd, _, count, kinds, letters = _header(raw, second)
    at = second + 44
    when = list(struct.unpack(f">{count}q", raw[at : at + 8 * count]))
    which = raw[at + 8 * count : at + 9 * count]
    at += 9 * count
    offsets = [struct.unpack(">i", raw[at + 6 * kind : at + 6 * kind + 4])[0] for kind in range(kinds)]
    held = [offsets[kind] for kind in which]
    footer = raw[at + 6 * kinds + letters + isut + isstd :].decode().strip()
    last = when[-1] if when else -(2**40)
    later = [(moment, offset) for moment, offset in _by_rule(footer) if moment > last]
    first = offsets[0] if when else _seconds(_RULE.match(footer)[2]) * -1
    return np.array([*when, *(m for m, _ in later)]), np.array([first, *held, *(o for _, o in later)])


def offsets_of(zone: str, minutes: np.ndarray) -> np.ndarray:
    """The zone's offsets in minutes at these minutes since 1970 in UTC."""
    when, offsets = transitions(zone)
    return offsets[np.searchsorted(when, minutes * 60, side="right")] // 60


def _header(raw: bytes, at: int) -> tuple[int, ...]:
    assert raw[at : at + 4] == b"TZif"
    isut, isstd, leap, count, kinds, letters = struct.unpack(">6l", raw[at + 20 : at + 44])
    return (0, isut, isstd, leap, count, kinds, letters)


def _by_rule(footer: str) -> list[tuple[int, int]]:
    found = _RULE.fullmatch(footer)
    assert found, footer
    if not found[3]:
        return []
    standard = -_seconds(found[2])
    summer = -_seconds(found[4]) if found[4] else standard + 3600
    changes = []
    for year in _YEARS:
        changes.append((_moment(year, found[5]) - standard, summer))
        changes.append((_moment(year, found[6]) - summer, standard))
    return sorted(changes)


def _moment(year: int, rule: str) -> int:
    """M3.2.0/2: in seconds on a clock that knows no zone."""
    day, _, time = rule.partition("/")
    month, week, weekday = (int(part) for part in day[1:].split("."))
    first = date(year, month, 1)
    found = first + timedelta(days=(weekday - first.isoweekday() % 7) % 7 + 7 * (week - 1))
    while found.month != month:
        found -= timedelta(days=7)
    return (found.toordinal() - EPOCH) * 86_400 + (_seconds(time) if time else 7_200)


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    return sign * sum(part * 60 ** (2 - place) for place, part in enumerate(parts))
