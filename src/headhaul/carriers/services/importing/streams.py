"""A file as a stream of bytes: unpacked, hashed, counted, and refused when it changes while it is read."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from headhaul.carriers.errors import ImportRefused

READ_SIZE = 4 << 20
HEAD_SIZE = 1 << 16

# What is plainly something else, by its first bytes.
_FOREIGN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file; save it as CSV"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive; unpack it first"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
)


class SourceFile:
    """One file to import, open for the length of a `with` block.

    `format` is "text", "json" or "parquet". `read` gives the unpacked bytes; `bytes_read` counts the packed ones, so
    that progress is honest for a .gz. `check_unchanged` raises when somebody wrote to the file meanwhile.
    """

    def __init__(self, path: Path, *, name: str = "") -> None:
        self.path = path
        self.name = name or path.name
        self.format = "text"
        self.head = b""
        self.size = 0
        self._hash = hashlib.sha256()
        self._head = b""
        self._inner: IO[bytes]

    def __enter__(self) -> Self:
        try:
            self._file = self.path.open("rb")
        except FileNotFoundError as error:
            raise ImportRefused(f"There is no file {self.name}.") from error
        except OSError as error:
            raise ImportRefused(f"{self.name} cannot be read: {error.strerror}.") from error
        try:
            self._before = _stamp(os.fstat(self._file.fileno()))
            self.size = self._before[1]
            self._open_inner()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def bytes_read(self) -> int:
        """How much of the file itself has been read."""
        return min(self._file.tell(), self.size)

    @property
    def sha256(self) -> str:
        """Of the file as it lies on the disk; complete once everything has been read."""
        return self._hash.hexdigest()

    def read(self, size: int = READ_SIZE) -> bytes:
        """The next unpacked bytes, b"" at the end. ImportRefused for an archive that ends early or is damaged."""
        if self._head:
            head, self._head = self._head, b""
            return head
        try:
            return self._inner.read(size)
        except EOFError as error:
            raise ImportRefused(
                f"{self.name} ends in the middle of its compressed data: the download was cut. Fetch it again."
            ) from error
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
            raise ImportRefused(f"{self.name} is damaged and cannot be unpacked ({error}).") from error
        except OSError as error:
            raise ImportRefused(f"{self.name} cannot be read to its end: {error}.") from error

    def blocks(self) -> Iterator[bytes]:
        """All unpacked bytes, some megabytes at a time."""
        while block := self.read():
            yield block

    def hash_rest(self) -> None:
        """Finish the hash over what the reader of a packed file has left."""
        self._raw.seek(self._raw.hashed_to)
        while self._raw.read(READ_SIZE):
            pass

    def check_unchanged(self) -> None:
        """Raise ImportRefused when the file is not the one that was opened, or not as it was then."""
        try:
            now = {_stamp(os.fstat(self._file.fileno())), _stamp(os.stat(self.path))}
        except OSError as error:
            raise ImportRefused(f"{self.name} went away while it was read. Nothing was imported.") from error
        if now != {self._before}:
            raise ImportRefused(
                f"{self.name} changed while it was read. Nothing was imported; try again when it is complete."
            )

    def _open_inner(self) -> None:
        if self.size == 0:
            raise ImportRefused(f"{self.name} is empty.")
        self._raw = _Hashing(self._file, self._hash)
        magic = self._file.read(4)
        self._file.seek(0)
        if magic == b"PAR1":
            self.format = "parquet"
            return
        inner: Any = io.BufferedReader(self._raw, READ_SIZE)
        if magic[:2] == b"\x1f\x8b":
            inner = gzip.GzipFile(fileobj=inner)
        elif magic[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            inner = self._open_zip()
        self._inner = inner
        head = b""
        while len(head) < HEAD_SIZE and (more := self.read(HEAD_SIZE - len(head))):
            head += more
        self._head = head
        self.head = head
        self.format = self._recognise(head)

    def _open_zip(self) -> IO[bytes]:
        try:
            archive = zipfile.ZipFile(self._raw)
            names = [entry for entry in archive.infolist() if not entry.is_dir() and "__MACOSX" not in entry.filename]
            if any(entry.filename in ("[Content_Types].xml", "mimetype") for entry in names):
                raise ImportRefused(f"{self.name} is a workbook or document. Save the sheet as CSV and import that.")
            if len(names) != 1:
                inside = ", ".join(entry.filename for entry in names[:5]) or "nothing"
                raise ImportRefused(f"{self.name} should hold one file; it holds {inside}. Unpack it and choose one.")
            if names[0].flag_bits & 1:
                raise ImportRefused(f"{self.name} is locked with a password.")
            return archive.open(names[0])
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise ImportRefused(f"{self.name} is damaged and cannot be unpacked ({error}).") from error

    def _recognise(self, head: bytes) -> str:
        if not head:
            raise ImportRefused(f"{self.name} is empty.")
        for magic, what in _FOREIGN:
            if head.startswith(magic):
                raise ImportRefused(f"{self.name} is {what}, not a table of carriers or drivers.")
        if head.startswith(b"PAR1"):
            raise ImportRefused(f"{self.name} is a packed Parquet file. Unpack it: Parquet is compressed inside.")
        encoding = wide_encoding(head)
        text = head.decode(encoding, "replace").encode() if encoding else head
        visible = text.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
        if visible.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
            raise ImportRefused(
                f"{self.name} is a web page, probably the error page of a download that failed, not a table."
            )
        return "json" if visible[:1] in (b"[", b"{") else "text"


class _Hashing(io.RawIOBase):
    """Hashes what is read in order. A seek (zip directories) makes the hash start again at the beginning."""

    def __init__(self, file: IO[bytes], digest: hashlib._Hash) -> None:
        self._file, self._digest, self.hashed_to = file, digest, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        at = self._file.tell()
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        if at <= self.hashed_to < at + len(data):
            self._digest.update(data[self.hashed_to - at :])
            self.hashed_to = at + len(data)
        return len(data)


def wide_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32 by their marks or by where the NULs are; "" for everything else."""
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return name
    sample = head[:2000]
    if len(sample) >= 4 and sample[1::2].count(0) > len(sample) * 0.3:
        return "utf-16-le"
    if len(sample) >= 4 and sample[0::2].count(0) > len(sample) * 0.3:
        return "utf-16-be"
    return ""


def _stamp(stat: os.stat_result) -> tuple[int, int, int, int]:
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_dev)
