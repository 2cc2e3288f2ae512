"""Turns of speech that look like a refusal and are none. They are taken out before anything is judged."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def without_innocent(sentence: str) -> str:
    """A sentence as `spelling.sentences` gives it, with a dot where something innocent stood."""
    for each in _innocent():
        sentence = each.sub(" · ", sentence)
    return re.sub(r"\s+", " ", sentence).strip()


@cache
def _innocent() -> tuple[re.Pattern[str], ...]:
    return tuple(pattern(text) for text in rule_book()["innocent"].values())


def pattern(text: str) -> re.Pattern[str]:
    """An expression of the rule book with its word classes written out."""
    classes: dict[str, str] = rule_book()["words"]
    return re.compile(re.sub(r"\{([a-z]+)\}", lambda found: classes[found[1]], text))


@cache
def rule_book() -> dict[str, Any]:
    """data/opt_outs.toml."""
    return tomllib.loads(files("headhaul.outreach.inbound").joinpath("data/opt_outs.toml").read_text(encoding="utf-8"))
