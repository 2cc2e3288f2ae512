"""What a carrier hauls → what equipment it runs and what licence its drivers need. The weights are data/cargo.toml."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from headhaul.carriers.choices import CdlLevel, Equipment

PRIMARY_SHARE = 0.5  # a family with at least this share of the strongest family's evidence is a likely one
PRIMARY_WEIGHT = 0.4  # and at least one class must mean it this surely
SECONDARY_WEIGHT = 0.2
MANY_CLASSES = 12  # whoever ticks more than this many classes says little: only the two strongest families stay likely

TRACTOR_KINDS = sum(1 << kind for kind in Equipment if kind is not Equipment.BUS)


@dataclass(frozen=True, slots=True)
class CargoClass:
    """One of the 30 classes of the form."""

    id: int
    column: str
    name: str
    carriers: int
    weights: dict[Equipment, float]
    aliases: tuple[str, ...] = ()

    @property
    def bit(self) -> int:
        """Its bit in a cargo mask."""
        return 1 << (self.id - 1)


@dataclass(frozen=True, slots=True)
class WordGroup:
    """Words in the free text of "other" that mean some equipment."""

    pattern: re.Pattern[str]
    weights: dict[Equipment, float]


@cache
def cargo_classes() -> tuple[CargoClass, ...]:
    """All classes, in the order of their ids."""
    return tuple(
        CargoClass(**{**raw, "weights": _weights(raw["weights"]), "aliases": tuple(raw.get("aliases", ()))})
        for raw in _data()["classes"]
    )


@cache
def word_groups() -> tuple[WordGroup, ...]:
    """The keyword groups, in the order of the file: the first that matches counts."""
    return tuple(
        WordGroup(re.compile(r"\b(?:" + "|".join(map(re.escape, raw["any_of"])) + ")"), _weights(raw["weights"]))
        for raw in _data()["words"]
    )


OTHER = 1 << 29  # the bit of class 30


def cargo_names(mask: int) -> list[str]:
    """The official names of a cargo mask."""
    return [each.name for each in cargo_classes() if mask & each.bit]


@lru_cache(maxsize=100_000)
def parse_cargo_list(text: str) -> tuple[int, str]:
    """(mask, what no official name explains) of a cargo list written as text.

    Official names contain the separators themselves ("Grain, Feed, Hay"), so the longest name is looked for first and
    nothing is ever split at a comma. Case, punctuation and array brackets do not matter.
    """
    rest = f" {_plain(text)} "
    mask = 0
    for name, bit in _names_longest_first():
        if f" {name} " in rest:
            mask |= bit
            rest = rest.replace(f" {name} ", "  ")
    left = " ".join(rest.split())
    return (mask | OTHER, left) if left else (mask, "")


@lru_cache(maxsize=50_000)
def word_group_of(text: str) -> int:
    """The number of the keyword group of a free text, from 1; 0 when no word is known."""
    plain = text.lower()
    for number, group in enumerate(word_groups(), start=1):
        if group.pattern.search(plain):
            return number
    return 0


@lru_cache(maxsize=100_000)
def equipment_of(cargo_mask: int, word_group: int) -> tuple[int, int, int]:
    """(likely families, possible families, specificity 0–100) of a cargo mask and the keyword group of its free text.

    Each class gives its weights, more the rarer it is; general freight alone therefore never says much. Specificity is
    how strongly the classes point to few families.
    """
    evidence = dict.fromkeys(Equipment, 0.0)
    surest = dict.fromkeys(Equipment, 0.0)
    said = [(each.weights, _rarity(each)) for each in cargo_classes() if cargo_mask & each.bit and each.bit != OTHER]
    if word_group:
        said.append((word_groups()[word_group - 1].weights, 1.0))
    for weights, rarity in said:
        for kind, weight in weights.items():
            evidence[kind] += weight * rarity
            surest[kind] = max(surest[kind], weight)
    top = max(evidence.values())
    if top == 0:
        return 0, 0, 0
    ranked = sorted(Equipment, key=lambda kind: (-evidence[kind], kind))
    likely = [k for k in ranked if evidence[k] >= PRIMARY_SHARE * top and surest[k] >= PRIMARY_WEIGHT] or ranked[:1]
    if len(said) > MANY_CLASSES:
        likely = likely[:2]
    primary = sum(1 << kind for kind in likely)
    possible = sum(1 << kind for kind in Equipment if surest[kind] >= SECONDARY_WEIGHT) & ~primary
    share = sum(evidence[k] for k in likely) / sum(evidence.values())
    strength = max(surest[k] for k in likely) * min(1.0, top)
    return primary, possible, round(100 * share * strength / math.sqrt(len(likely)))


@dataclass(frozen=True, slots=True)
class EquipmentColumns:
    """Derived columns of many carriers."""

    primary: NDArray[np.int16]
    secondary: NDArray[np.int16]
    specificity: NDArray[np.int16]


def equipment_columns(cargo_mask: NDArray[np.int64], cargo_other: pa.Array) -> EquipmentColumns:
    """`equipment_of` for whole columns; each distinct combination is worked out once."""
    other = pc.fill_null(cargo_other, "").dictionary_encode()
    groups = np.array([word_group_of(text) for text in other.dictionary.to_pylist()], dtype=np.int64)
    group = groups[other.indices.to_numpy(zero_copy_only=False)] if len(other) else np.zeros(0, np.int64)
    keys, where = np.unique(cargo_mask | (group << 32), return_inverse=True)
    found = np.array([equipment_of(int(key) & 0xFFFFFFFF, int(key) >> 32) for key in keys], dtype=np.int16)
    rows = found.reshape(-1, 3)[where]
    return EquipmentColumns(rows[:, 0], rows[:, 1], rows[:, 2])


def cdl_levels(
    *,
    cargo_mask: NDArray[np.int64],
    primary: NDArray[np.int16],
    hm: NDArray[np.bool_],
    tractors: NDArray[np.float64],
    trucks: NDArray[np.float64],
    total_cdl: NDArray[np.float64],
) -> NDArray[np.int16]:
    """The least licence a driver needs there. NaN: not known.

    Hazmat on top of class A when the carrier declares hazardous materials and hauls liquids, gases or chemicals;
    class A with tractors, or when tractors are not known and the cargo means trailers; otherwise B; none where the
    census counts no CDL driver and no tractor.
    """
    by_column = {each.column: each.bit for each in cargo_classes()}
    hazardous = by_column["crgo_liqgas"] | by_column["crgo_chem"]
    unknown = np.isnan(tractors)
    # A zero beside no trucks at all is a form left empty, not a fleet without tractors.
    empty = unknown | ((tractors == 0) & ~(trucks > 0))
    level = np.full(len(cargo_mask), int(CdlLevel.B), dtype=np.int16)
    level[(tractors > 0) | (empty & ((primary & TRACTOR_KINDS) != 0))] = CdlLevel.A
    level[~empty & (tractors == 0) & (total_cdl == 0)] = CdlLevel.NONE_OR_C
    level[hm & ((cargo_mask & hazardous) != 0)] = CdlLevel.A_HAZMAT
    return level


@cache
def _data() -> dict[str, Any]:
    text = (files("headhaul.carriers") / "data" / "cargo.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _rarity(each: CargoClass) -> float:
    """1 for a class that one carrier in a hundred declares or fewer, less the commoner it is."""
    total = float(_data()["total_carriers"])
    return min(1.0, math.log(total / each.carriers) / math.log(100))


@cache
def _names_longest_first() -> tuple[tuple[str, int], ...]:
    names = [(_plain(name), each.bit) for each in cargo_classes() for name in (each.name, *each.aliases)]
    return tuple(sorted(set(names), key=lambda pair: (-len(pair[0]), pair)))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower()).split())


def _weights(raw: dict[str, float]) -> dict[Equipment, float]:
    return {Equipment[name.upper()]: float(weight) for name, weight in raw.items()}
