"""What a carrier hauls → what it runs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.carriers.choices import CdlLevel, Equipment, equipment_codes
from headhaul.carriers.services.equipment import (
    cargo_classes,
    cargo_names,
    cdl_levels,
    equipment_columns,
    equipment_of,
    parse_cargo_list,
    word_group_of,
)

BITS = {each.column.removeprefix("crgo_"): each.bit for each in cargo_classes()}


def mask(*columns: str) -> int:
    return sum(BITS[column] for column in columns)


def likely(*columns: str, other: str = "") -> list[str]:
    return equipment_codes(equipment_of(mask(*columns), word_group_of(other))[0])


def test_the_classes_are_the_thirty_of_the_form_in_their_order() -> None:
    assert [each.id for each in cargo_classes()] == list(range(1, 31))


@pytest.mark.parametrize(
    ("columns", "families"),
    [
        (["coldfood", "meat"], ["reefer"]),
        (["liqgas"], ["tanker"]),
        (["intermodal"], ["intermodal"]),
        (["livestock"], ["livestock"]),
        (["passengers"], ["bus"]),
        (["motoveh", "drivetow"], ["auto_hauler"]),
        (["machlrg"], ["heavy_haul"]),
        (["metalsheet", "logpole"], ["flatbed"]),
        (["grainfeed", "drybulk"], ["bulk"]),
        (["paperprod", "genfreight"], ["dry_van"]),
        ([], []),
    ],
)
def test_cargo_means_equipment(columns: list[str], families: list[str]) -> None:
    assert likely(*columns) == families


def test_general_freight_alone_says_little() -> None:
    assert equipment_of(mask("genfreight"), 0)[2] < 20 < equipment_of(mask("coldfood", "meat"), 0)[2]


def test_whoever_ticks_everything_says_little() -> None:
    primary, secondary, specificity = equipment_of(sum(BITS.values()), 0)
    assert primary.bit_count() == 2
    assert specificity < 40
    assert primary & secondary == 0


def test_words_of_other_count_when_no_class_does() -> None:
    assert likely("cargoothr", other="SAND AND GRAVEL") == ["bulk"]
    assert likely("cargoothr", other="LAWN EQUIPMENT") == []


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("Grain, Feed, Hay", ["Grain, Feed, Hay"], ""),
        ("General Freight, Grain, Feed, Hay", ["General Freight", "Grain, Feed, Hay"], ""),
        (
            "Metal; Sheets, Coils, Rolls, Logs, Poles, Beams, Lumber",
            ["Metal: sheets, coils, rolls", "Logs, Poles, Beams, Lumber"],
            "",
        ),
        (
            '{"METAL; SHEETS",COILS,ROLLS,LOGS,POLES,BEAMS,LUMBER}',
            ["Metal: sheets, coils, rolls", "Logs, Poles, Beams, Lumber"],
            "",
        ),
        ("Drive Away/Towaway; Meat", ["Drive/Tow away", "Meat"], ""),
        ("General Freight; DIRT, GRAVEL", ["General Freight", "Other"], "dirt gravel"),
        ("", [], ""),
    ],
)
def test_cargo_lists_are_read_by_the_longest_official_name(text: str, names: list[str], left: str) -> None:
    found, rest = parse_cargo_list(text)
    assert (cargo_names(found), rest) == (names, left)


@given(st.sets(st.sampled_from(sorted(BITS)[:])), st.sampled_from([", ", "; ", " / "]), st.randoms())
def test_any_list_of_official_names_is_read_back(columns: set[str], separator: str, shuffle) -> None:  # type: ignore[no-untyped-def]
    chosen = [each for each in cargo_classes() if each.column.removeprefix("crgo_") in columns]
    shuffle.shuffle(chosen)
    assert parse_cargo_list(separator.join(each.name for each in chosen)) == (mask(*columns), "")


@given(
    st.lists(st.tuples(st.integers(0, (1 << 30) - 1), st.sampled_from([None, "", "SAND", "MILK", "XYZ"])), max_size=30)
)
def test_columns_say_what_single_rows_say(pairs: list[tuple[int, str | None]]) -> None:
    found = equipment_columns(np.array([m for m, _ in pairs], np.int64), pa.array([o for _, o in pairs], pa.string()))
    rows = list(zip(found.primary.tolist(), found.secondary.tolist(), found.specificity.tolist(), strict=True))
    assert rows == [equipment_of(m, word_group_of(o or "")) for m, o in pairs]


@pytest.mark.parametrize(
    ("columns", "hm", "tractors", "trucks", "cdl", "level"),
    [
        (["genfreight"], False, 5, 0, 5, CdlLevel.A),
        (["genfreight"], False, 0, 5, 5, CdlLevel.B),
        (["genfreight"], False, 0, 5, 0, CdlLevel.NONE_OR_C),
        (["genfreight"], False, None, None, None, CdlLevel.A),
        (["genfreight"], False, 0, 0, 4, CdlLevel.A),
        (["passengers"], False, None, None, None, CdlLevel.B),
        (["liqgas"], True, 5, 0, 5, CdlLevel.A_HAZMAT),
        (["liqgas"], False, 5, 0, 5, CdlLevel.A),
        (["genfreight"], True, 5, 0, 5, CdlLevel.A),
        ([], False, None, None, None, CdlLevel.B),
    ],
)
def test_the_licence_a_driver_needs(
    columns: list[str], hm: bool, tractors: int | None, trucks: int | None, cdl: int | None, level: CdlLevel
) -> None:
    number = lambda value: np.array([np.nan if value is None else value], float)  # noqa: E731
    cargo = np.array([mask(*columns)], np.int64)
    primary = np.array([equipment_of(int(cargo[0]), 0)[0]], np.int16)
    found = cdl_levels(
        cargo_mask=cargo,
        primary=primary,
        hm=np.array([hm]),
        tractors=number(tractors),
        trucks=number(trucks),
        total_cdl=number(cdl),
    )
    assert CdlLevel(int(found[0])) is level


def test_every_family_is_named_in_the_weights() -> None:
    assert {kind for each in cargo_classes() for kind in each.weights} == set(Equipment)
