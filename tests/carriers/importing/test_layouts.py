"""A layout is told by its columns, in any order and spelling; anything else is refused with help."""

from __future__ import annotations

import pytest

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.services.importing.layouts import detect, layouts
from headhaul.carriers.services.importing.text import normal_name
from tests.carriers.importing.census_files import AZ4N_COLUMNS, KJG3_COLUMNS


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.key)
def test_every_layout_is_recognised_by_its_own_columns(layout) -> None:  # type: ignore[no-untyped-def]
    names = sorted({layout.dot_number, *layout.recognised_by, *layout.columns.values()}, reverse=True)
    assert detect(names, file_name="x").key == layout.key


def test_the_two_censuses_are_told_apart() -> None:
    assert detect(AZ4N_COLUMNS, file_name="x").key == "az4n"
    assert detect(KJG3_COLUMNS, file_name="x").key == "kjg3"


def test_spelling_does_not_matter() -> None:
    assert normal_name("\ufeffDOT Number ") == normal_name("dot-number") == "dot_number"


def test_an_unknown_layout_is_refused_with_what_was_found_and_what_is_known() -> None:
    with pytest.raises(ImportRefused) as refusal:
        detect(["dot_number", "legal_name", "shoe_size"], file_name="people.csv")
    message = refusal.value.message
    assert "shoe_size" in message
    assert "Company Census File" in message
    assert "lacks" in message
