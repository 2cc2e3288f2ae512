"""Files as bytes: unpacked, hashed, and refused when they are not what they seem."""

from __future__ import annotations

import gzip
import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.services.importing.streams import SourceFile

TABLE = b"dot_number,legal_name\n" + b"".join(b"%d,CARRIER %d\n" % (n, n) for n in range(1, 200_000))


def read_all(path: Path) -> bytes:
    with SourceFile(path) as source:
        data = b"".join(source.blocks())
        source.hash_rest()
        source.check_unchanged()
        assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        return data


def test_a_plain_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE)
    assert read_all(path) == TABLE


def test_a_gzip_of_several_parts_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    half = len(TABLE) // 2
    path.write_bytes(gzip.compress(TABLE[:half]) + gzip.compress(TABLE[half:]))
    assert read_all(path) == TABLE


def test_a_zip_with_one_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._census.csv", b"x")
        archive.writestr("census.csv", TABLE)
    assert read_all(path) == TABLE


def test_a_zip_with_two_files_is_refused_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.csv", TABLE)
        archive.writestr("two.csv", TABLE)
    with pytest.raises(ImportRefused, match=r"one\.csv, two\.csv"):
        read_all(path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "is empty"),
        ("empty.csv.gz", gzip.compress(b""), "is empty"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG picture"),
        ("picture.csv.gz", gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(100)), "PNG picture"),
        ("page.csv", b"\n<!DOCTYPE html><html><title>System Maintenance</title>", "web page"),
        ("paper.csv", b"%PDF-1.7 ...", "PDF document"),
        ("half.csv.gz", gzip.compress(TABLE)[:-20_000], "was cut"),
        ("broken.csv.gz", gzip.compress(TABLE)[:-8] + bytes(8), "damaged"),
        ("notzip.zip", b"PK\x03\x04" + bytes(50), "damaged"),
        ("census.csv.zst", b"\x28\xb5\x2f\xfd" + bytes(50), "Zstandard"),
    ],
)
def test_what_is_no_table_is_refused_with_what_it_is(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=says):
        read_all(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no file"):
        read_all(tmp_path / "nothing.csv")


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE)
    with SourceFile(path) as source:
        source.read()
        with path.open("ab") as file:
            file.write(b"1,LATE\n")
        with pytest.raises(ImportRefused, match="changed while it was read"):
            source.check_unchanged()


def test_a_file_that_is_replaced_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path, other = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(TABLE)
    other.write_bytes(TABLE)
    with SourceFile(path) as source:
        source.read()
        os.replace(other, path)
        with pytest.raises(ImportRefused, match="changed while it was read"):
            source.check_unchanged()
