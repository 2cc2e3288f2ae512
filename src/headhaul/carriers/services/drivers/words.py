"""What people write for equipment, kinds of work, licences and states. The words are data/words.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from headhaul.carriers.choices import DriverStatus, Equipment, JobType
from headhaul.carriers.services.importing.fields import Unreadable
from headhaul.kernel.places import STATES

ENDORSEMENTS = "HNPST"
_ENDORSEMENT_WORDS = {
    "hazmat": "H", "haz_mat": "H", "hazardous": "H", "hazardous_materials": "H", "tank": "N", "tanker": "N",
    "tank_vehicle": "N", "passenger": "P", "school": "S", "school_bus": "S", "doubles": "T", "triples": "T",
    "double_triple": "T", "doubles_triples": "T", "hazmat_tanker": "HN", "tanker_hazmat": "HN", "hazmat_tank": "HN",
}  # fmt: skip
_NOTHING = frozenset({"none", "no", "n_a", "na", "null", "nan", "0", ""})
_NO_CDL = frozenset({"none", "no", "no_cdl", "n_a", "na", "null", "nan", "d", "0", "class_d"})


@dataclass(frozen=True, slots=True)
class Words:
    """What a list of words says, and which of them nobody knows."""

    mask: int
    unknown: tuple[str, ...]


@lru_cache(maxsize=50_000)
def equipment_words(text: str) -> Words:
    """The equipment mask of a list such as "Dry Van; step-deck"."""
    return _mask(text, "equipment", {kind.code: int(kind) for kind in Equipment})


@lru_cache(maxsize=50_000)
def job_words(text: str) -> Words:
    """The job mask of a list such as "OTR, regional"."""
    return _mask(text, "jobs", {kind.code: int(kind) for kind in JobType})


@lru_cache(maxsize=10_000)
def endorsement_letters(text: str) -> tuple[str, tuple[str, ...]]:
    """(letters in order, words that nobody knows). X means hazmat and tank."""
    letters: set[str] = set()
    unknown: list[str] = []
    for part in re.split(r"[;,|/+&\s\[\]\"'{}]+|\band\b", text):
        word = _plain(part)
        if word in _NOTHING:
            continue
        if word in _ENDORSEMENT_WORDS:
            letters |= set(_ENDORSEMENT_WORDS[word])
        elif set(part.upper()) <= set(ENDORSEMENTS + "X"):
            letters |= set(part.upper())
        else:
            unknown.append(part)
    if "X" in letters:
        letters = letters - {"X"} | {"H", "N"}
    return "".join(letter for letter in ENDORSEMENTS if letter in letters), tuple(unknown)


def cdl_class(text: str) -> str:
    """A, B, C or "" for none."""
    word = _plain(text)
    match = re.fullmatch(r"(?:cdl|class|type|license|commercial|_)*([abc])(?:_?cdl|_?class|_?license)*", word)
    if match:
        return match.group(1).upper()
    if word in _NO_CDL:
        return ""
    raise Unreadable("should be A, B, C or none")


def state_code(text: str) -> str:
    """A state's two letters, from its code or its name; a province abroad as written in two letters."""
    word = text.strip().upper()
    if re.fullmatch(r"[A-Z]{2}", word):
        return word
    by_name = {state.name.upper(): code for code, state in STATES.items()}
    if word in by_name:
        return by_name[word]
    raise Unreadable("should be a state, like TX")


def status_word(text: str) -> str:
    """A status of the pool."""
    word = _plain(text)
    for status in DriverStatus:
        if word == status.value or word in _words()["status"].get(status.value, ()):
            return status.value
    raise Unreadable(f"should be one of {', '.join(DriverStatus)}")


def _mask(text: str, list_name: str, bits: dict[str, int]) -> Words:
    known = _index(list_name)
    mask, unknown = 0, []
    for part in re.split(r"[;,|/\[\]\"'{}]+", text):
        word = _plain(part)
        if word in _NOTHING:
            continue
        found = known.get(word) or known.get(word.rstrip("s")) or known.get(word.removesuffix("_trailer"))
        if found is None:
            unknown.append(part.strip())
        else:
            mask |= 1 << bits[found]
    return Words(mask, tuple(unknown))


@cache
def _index(list_name: str) -> dict[str, str]:
    table = {alias: code for code, aliases in _words()[list_name].items() for alias in aliases}
    return table | {code: code for code in _words()[list_name]}


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("headhaul.carriers") / "data" / "words.toml").read_text(encoding="utf-8"))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")
