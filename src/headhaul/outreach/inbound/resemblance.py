"""How much words resemble refusals, learned from examples: what the rules have no line for is still recognised.

A linear score over words, pairs of words and their classes. It only ever adds a guess, which a person sees; the rules
speak first. scripts/learn_refusals.py makes the weights from data/examples, the same ones every time.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from headhaul.outreach.inbound.innocent import rule_book, without_innocent
from headhaul.outreach.inbound.spelling import sentences

CLASSES = (
    "medium",
    "reach",
    "stopping",
    "deleting",
    "dropping",
    "person",
    "mine",
    "thing",
    "list",
    "finally",
    "wish",
    "time",
)
_NOT = frozenset({"not", "never", "no", "none", "without", "nor", "neither", "no-one", "nobody"})
_FIRST = frozenset({"i", "we", "me", "us", "my", "our", "mine", "myself", "ours"})
_SECOND = frozenset({"you", "your", "yours"})
MOST_WORDS = 60  # of a sentence
WINDOW = 3  # sentences that are judged together, as the examples are


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The score, above nought where it is likelier a refusal, and the words that spoke most for it."""

    score: float
    because: tuple[str, ...] = ()


def resemblance_of(text: str) -> Resemblance:
    """The score of a text as a whole; of a longer one, the highest of any few sentences in a row."""
    read = read_for_learning(text)
    windows = [read[start : start + WINDOW] for start in range(max(len(read) - WINDOW + 1, 1))] if read else []
    return max((_score(part) for part in windows), key=lambda each: each.score, default=Resemblance(-math.inf))


def read_for_learning(text: str) -> list[str]:
    """The sentences with what is innocent taken out; those of which nothing is left are left out."""
    bare = (without_innocent(sentence) for sentence in sentences(text))
    return [sentence for sentence in bare if sentence.strip("· ")]


def features_of(read: list[str]) -> set[str]:
    """What is counted of some sentences."""
    found: set[str] = set()
    for sentence in read:
        words = sentence.split()[:MOST_WORDS]
        if words:
            found |= _of_words([_names(word) for word in words])
    count = sum(len(sentence.split()) for sentence in read)
    found.add(f"length {next(most for most in (1, 2, 3, 6, 12, 1_000_000) if count <= most)}")
    return found


def _of_words(names: list[list[str]]) -> set[str]:
    found = {name for group in names for name in group}
    found |= {f"begins {name}" for name in names[0]} | {f"ends {name}" for name in names[-1]}
    for place, group in enumerate(names):
        for gap, others in enumerate(names[place + 1 : place + 5]):
            for one in group:
                for other in others:
                    if gap == 0:
                        found.add(f"{one} {other}")
                    elif one[0] == "<" and other[0] == "<":
                        found.add(f"{one}..{other}")
    return found


@cache
def _names(word: str) -> list[str]:
    """The word and its classes."""
    of = [f"<{name}>" for name, is_one in _classes().items() if is_one.fullmatch(word)]
    of += [name for name, words in (("<not>", _NOT), ("<i>", _FIRST), ("<you>", _SECOND)) if word in words]
    return [word, *of]


def _score(read: list[str]) -> Resemblance:
    learned = _weights()
    found = features_of(read)
    known = [(learned["weights"][name], name) for name in found if name in learned["weights"]]
    score = sum(weight for weight, _ in known) / math.sqrt(len(found)) + learned["bias"]
    most = sorted((each for each in known if "<" not in each[1] and each[0] > 0), reverse=True)[:3]
    return Resemblance(score, tuple(name for _, name in most))


@cache
def threshold() -> float:
    """From which score on it is taken for a refusal."""
    return float(_weights()["threshold"])


@cache
def _classes() -> dict[str, re.Pattern[str]]:
    words = rule_book()["words"]
    return {name: re.compile(words[name]) for name in CLASSES}


@cache
def _weights() -> dict[str, Any]:
    text = files("headhaul.outreach.inbound").joinpath("data/refusal_weights.json").read_text(encoding="utf-8")
    learned: dict[str, Any] = json.loads(text)
    return learned
