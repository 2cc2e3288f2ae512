"""Text in any encoding, delimiter and quoting, compared with Python's own reader."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.services.importing import streams
from headhaul.carriers.services.importing.batches import Batches
from headhaul.carriers.services.importing.streams import SourceFile
from headhaul.carriers.services.importing.text import TextTable, to_utf8

ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8 with mark": "utf-8-sig",
    "utf-16 with mark": "utf-16",
    "utf-16 little endian": "utf-16-le",
    "utf-16 big endian": "utf-16-be",
    "windows": "cp1252",
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with SourceFile(path) as source:
        batches = Batches(source)
        return [
            {name: value or "" for name, value in row.items()}
            for batch in batches.read(set(batches.names))
            for row in batch.table.to_pylist()
        ]


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["few quotes", "all quoted"])
def test_a_table_reads_the_same_in_every_dress(tmp_path: Path, encoding: str, delimiter: str, quoting: int) -> None:
    table = [
        ["DOT Number", "Legal Name", "City"],
        ["1", "PEÑA, SONS; & CO | A\tB", "LÉVIS"],
        ["2", 'THE "BIG" ONE', ""],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    path = tmp_path / "table.txt"
    path.write_bytes(out.getvalue().encode(encoding))
    assert rows_of(path) == [
        {"dot_number": "1", "legal_name": "PEÑA, SONS; & CO | A\tB", "city": "LÉVIS"},
        {"dot_number": "2", "legal_name": 'THE "BIG" ONE', "city": ""},
    ]


def test_a_windows_line_in_a_utf8_file_is_understood() -> None:
    assert to_utf8("PEÑA\n".encode() + "PEÑA\n".encode("cp1252")) == "PEÑA\nPEÑA\n".encode()


cells = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"], blacklist_characters="\ufeff\xa0\u2400"), max_size=12
)
multiline = st.lists(cells, min_size=1, max_size=3).map("\n".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(1, 99_999_999).map(str), multiline, cells), min_size=1, max_size=40),
    delimiter=st.sampled_from(",\t;|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    piece=st.integers(16, 300),
)
def test_any_table_equals_what_python_reads(
    tmp_path: Path, rows: list[tuple[str, ...]], delimiter: str, end: str, quoting: int, encoding: str, piece: int
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(("dot_number", "name", "city"))
    writer.writerows(rows)
    path = tmp_path / "any.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    plain = list(csv.DictReader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams.SourceFile.read, "__defaults__", (piece,))
        assert rows_of(path) == plain


def _numbers(path: Path) -> list[tuple[int, str]]:
    with SourceFile(path) as source:
        batches = Batches(source)
        return [(line, why) for batch in batches.read({"dot_number"}) for line, _, why in batch.broken]


def test_rows_of_the_wrong_width_are_named_by_their_line(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text('dot_number,name\n1,A\n2,B,C\n3,"D\nE"\n4\n5,F\n')
    assert _numbers(path) == [(3, "the row has 3 cells, the header 2"), (6, "the row has 1 cells, the header 2")]


def test_an_unclosed_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('dot_number,name\n1,A\n2,"B\n3,C\n' + "".join(f"{n},X\n" for n in range(4, 900)))
    assert _numbers(path) == [(3, "a quotation mark is opened and never closed")]
    assert len(rows_of(path)) == 898


def test_an_inch_mark_inside_a_cell_is_a_character(tmp_path: Path) -> None:
    path = tmp_path / "inch.csv"
    path.write_text('dot_number,name\n1,12" PIPE HAULERS\n2,B\n')
    assert [row["name"] for row in rows_of(path)] == ['12" PIPE HAULERS', "B"]


def test_lines_of_rows_are_found_behind_cells_with_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text('dot_number,name\n1,"A\nB\nC"\n\n2,D\n3,E\n')
    with SourceFile(path) as source:
        batch = next(iter(Batches(source).read({"dot_number"})))
        assert batch.line_of(np.array([0, 1, 2])) == [2, 6, 7]


def test_a_cell_of_a_megabyte_is_read_as_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text(f'dot_number,name\n1,"{"x" * 1_200_000}"\n2,B\n')
    assert [len(row["name"]) for row in rows_of(path)] == [1_200_000, 1]


def test_a_file_without_line_ends_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" + b"x" * 40_000_000)
    with SourceFile(path) as source, pytest.raises(ImportRefused, match="more than 32 MB"):
        list(TextTable(source).blocks())


def test_binary_rubbish_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "rubbish.csv"
    path.write_bytes(bytes(range(1, 200)) * 50)
    with SourceFile(path) as source, pytest.raises(ImportRefused, match="not a text table"):
        TextTable(source)
