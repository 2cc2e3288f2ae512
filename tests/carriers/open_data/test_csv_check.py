"""The fast check of a CSV file agrees with the standard library's slow reading of it."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.carriers.gateways import csv_check
from headhaul.carriers.gateways.csv_check import TruncatedCsvError, WrongCsvError, examine

CELL = st.text(alphabet='ab"é,;\n', max_size=9)


@given(
    rows=st.lists(st.tuples(st.integers(1, 99), CELL), min_size=1, max_size=30),
    ending=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    piece=st.sampled_from([1, 2, 3, 7, 64, 4000]),
)
def test_rows_are_counted_as_a_csv_reader_counts_them(
    rows: list[tuple[int, str]], ending: str, quoting: int, piece: int
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("DOT Number", "words"), *rows])
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_check, "_PIECE", piece)
        path = Path(folder) / "file.csv"
        path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
        shape = examine(path, must_have="dot_number")
    assert (shape.rows, shape.columns) == (len(rows), ("DOT Number", "words"))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", TruncatedCsvError),
        (b"dot_number", TruncatedCsvError),
        (b"dot_number,name\n", TruncatedCsvError),
        (b'dot_number,name\n1,"half', TruncatedCsvError),
        (b"dot_number,name\n1,a\n2", TruncatedCsvError),
        (b"number,name\n1,a\n", WrongCsvError),
        (b"\x00\x01\x02\n\x03", WrongCsvError),
    ],
)
def test_what_is_not_whole_or_not_the_file_is_told_apart(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    (tmp_path / "file.csv").write_bytes(content)
    with pytest.raises(error):
        examine(tmp_path / "file.csv", must_have="dot_number")
