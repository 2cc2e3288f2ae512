from __future__ import annotations

import csv
from io import StringIO

import pytest

from headhaul.kernel.spreadsheets import csv_lines, safe_cell


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\u200b=1",
        "\ufeff=cmd()",
        "＝1",
        "＋1",
        "\x01@x",
        "|calc",
    ],
)
def test_a_cell_that_would_run_is_written_as_text(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "Werner", "J & B Transport", "a=b", 12, -3, 4.5, None])
def test_an_innocent_cell_stays_as_it_is(cell: object) -> None:
    assert safe_cell(cell) == cell


def test_lines_parse_back_to_the_rows_they_were_made_from() -> None:
    rows = [["158121", 'VERIHA "TRUCKING", INC', None], ["44110", "two\nlines", 3]]
    text = "".join(csv_lines(["dot", "name", "n"], rows))
    assert list(csv.reader(StringIO(text, newline=""))) == [
        ["dot", "name", "n"],
        ["158121", 'VERIHA "TRUCKING", INC', ""],
        ["44110", "two\nlines", "3"],
    ]
