"""Bytes in whatever encoding as UTF-8 blocks of whole records, and what the header says about the columns."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.services.importing.streams import SourceFile, wide_encoding

DELIMITERS = ",\t;|"
NUL_MARK = "\u2400"  # stands where a NUL byte was: PostgreSQL cannot store one, and the row is refused
LONGEST_RECORD = 32 << 20
LONGEST_QUOTED_LINES = 200
_NBSP = "\u00a0".encode()
_QUOTED = {d: re.compile(rb"(?:(?<=^)|(?<=" + re.escape(d).encode() + rb'))"(?:[^"]|"")*"') for d in DELIMITERS}
_OPENS = {d: re.compile(rb"(?:^|" + re.escape(d).encode() + rb')"') for d in DELIMITERS}


@dataclass(slots=True)
class Block:
    """Whole records. `first_line` is the line number of the first; `broken` are lines left out, with the reason."""

    data: bytes
    first_line: int
    lines: int
    has_nul: bool
    broken: list[tuple[int, str]] = field(default_factory=list)


def normal_name(column: str) -> str:
    """A column's name without the accidents of spelling: "DOT Number " and dot_number are one."""
    return re.sub(r"[^a-z0-9]+", "_", column.strip().strip("\ufeff").lower()).strip("_")


def utf8_blocks(source: SourceFile) -> Iterator[bytes]:
    """The file as UTF-8, cut anywhere. UTF-16 and UTF-32 by byte order mark or by the pattern of NULs; otherwise UTF-8,
    and what is not UTF-8 is left for `to_utf8` to read as Windows-1252 line by line."""
    encoding = wide_encoding(source.head)
    if not encoding:
        first = True
        for block in source.blocks():
            yield block.removeprefix(codecs.BOM_UTF8) if first else block
            first = False
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in source.blocks():
        yield decoder.decode(block).removeprefix("\ufeff").encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def to_utf8(data: bytes) -> bytes:
    """Whole lines as UTF-8; a line that is not UTF-8 is read as Windows-1252."""
    try:
        data.decode("utf-8")
        return data
    except UnicodeDecodeError:
        return b"".join(_line_to_utf8(line) for line in data.splitlines(keepends=True))


class TextTable:
    """A delimited text file: its header, its delimiter and its blocks of records."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._chunks = utf8_blocks(source)
        self._carry = b""
        self._line = 1
        self.delimiter = ","
        self.columns = self._read_header()

    def blocks(self) -> Iterator[Block]:
        """All records after the header, some megabytes at a time."""
        ended = False
        while not ended:
            chunk = next(self._chunks, None)
            ended = chunk is None
            self._carry += chunk or b""
            if ended:
                data, self._carry = self._carry, b""
                if data and not data.endswith((b"\n", b"\r")):
                    data += b"\n"
            else:
                data = self._whole_records()
            if data:
                yield self._block(data)

    def _block(self, data: bytes) -> Block:
        data = to_utf8(data)
        if _NBSP in data:
            data = data.replace(_NBSP, b" ")
        has_nul = b"\0" in data
        if has_nul:
            data = data.replace(b"\0", NUL_MARK.encode())
        first, lines = self._line, _count_lines(data)
        self._line += lines
        return Block(data, first, lines, has_nul)

    def _whole_records(self) -> bytes:
        """Take the longest run of whole records off the carry."""
        end = max(self._carry.rfind(b"\n"), self._carry.rfind(b"\r", 0, -1)) + 1
        if end == 0:
            if len(self._carry) > LONGEST_RECORD:
                raise ImportRefused(
                    f"{self._source.name} has a line of more than {LONGEST_RECORD >> 20} MB (line {self._line}); "
                    "this is not a table."
                )
            return b""
        if self._carry.count(b'"', 0, end) % 2:
            end = self._before_open_quote(end)
        data, self._carry = self._carry[:end], self._carry[end:]
        return data

    def _before_open_quote(self, end: int) -> int:
        """Where the last record ends that is certainly whole, in a block with an odd number of quotes."""
        opens, closes = _OPENS[self.delimiter], _QUOTED[self.delimiter]
        start = end
        for _ in range(LONGEST_QUOTED_LINES):
            if start <= 0:
                break
            start = self._carry.rfind(b"\n", 0, start - 1) + 1
            line_end = self._carry.find(b"\n", start)
            if opens.search(closes.sub(b"", self._carry[start:line_end])):
                return start or end
        return end  # the odd quote is an inch mark somewhere, not an open field

    def _read_header(self) -> list[str]:
        while b"\n" not in self._carry and b"\r" not in self._carry:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._carry += chunk
            if len(self._carry) > LONGEST_RECORD:
                raise ImportRefused(f"{self._source.name} has no line ends; this is not a table.")
        while True:
            cut = re.search(rb"\r\n|\n|\r", self._carry)
            line = self._carry[: cut.start()] if cut else self._carry
            self._carry = self._carry[cut.end() :] if cut else b""
            self._line += 1
            if line.strip() or not cut:
                break
        text = to_utf8(line).decode("utf-8")
        if not text.strip():
            raise ImportRefused(f"{self._source.name} is empty.")
        if "\0" in text or sum(c < " " and c != "\t" for c in text) > 2:
            raise ImportRefused(f"{self._source.name} is not a text table.")
        unquoted = re.sub(r'"(?:[^"]|"")*"', "", text)
        self.delimiter = max(DELIMITERS, key=unquoted.count)
        return next(csv.reader(StringIO(text), delimiter=self.delimiter))


def leave_out_open_quotes(block: Block, delimiter: str) -> Block:
    """The block without lines that open a quote which nothing closes: they would swallow the rows after them."""
    opens, closes = _OPENS[delimiter], _QUOTED[delimiter]
    lines = block.data.splitlines(keepends=True)
    kept: list[bytes] = []
    broken = list(block.broken)
    at = 0
    while at < len(lines):
        record, last = lines[at], at
        while opens.search(closes.sub(b"", record)) and last - at < LONGEST_QUOTED_LINES and last + 1 < len(lines):
            last += 1
            record += lines[last]
        if opens.search(closes.sub(b"", record)):
            broken.append((block.first_line + at, "a quotation mark is opened and never closed"))
            kept.append(b"\n" if lines[at].endswith((b"\n", b"\r")) else b"")  # keeps the line numbers right
            at += 1
        else:
            kept.append(record)
            at = last + 1
    return Block(b"".join(kept), block.first_line, block.lines, block.has_nul, broken)


def record_lines(data: bytes, delimiter: str) -> list[int]:
    """The line offset at which each record of a block starts; for telling people where a bad row is."""
    starts: list[int] = []
    reader = csv.reader(StringIO(data.decode("utf-8"), newline=""), delimiter=delimiter)
    before = 0
    limit = csv.field_size_limit(LONGEST_RECORD)
    try:
        for row in reader:
            if row:
                starts.append(before)
            before = reader.line_num
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(limit)
    return starts


def _line_to_utf8(line: bytes) -> bytes:
    try:
        line.decode("utf-8")
        return line
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace").encode("utf-8")


def _count_lines(data: bytes) -> int:
    return data.count(b"\n") if b"\n" in data else data.count(b"\r")
