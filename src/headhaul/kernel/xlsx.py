"""XLSX files written while they are sent: constant memory, real numbers and dates, and text that stays text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import chain, islice
from typing import Any
from xml.sax.saxutils import escape

from headhaul.kernel.spreadsheets import safe_cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_SHEET = 1_048_575  # and the heading
LONGEST = 32_767  # characters a cell can hold
CUT = " … (cut here: a cell holds no more; the CSV has all of it)"
EXACT = 10**15  # numbers beyond are not exact in a spreadsheet

_EPOCH = date(1899, 12, 30).toordinal()
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLAIN, _DATE, _TIME, _TEXT, _HEAD = 0, 1, 2, 3, 4
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# quotePrefix keeps text that looks like a formula text, also when somebody edits the cell.
_STYLES = (
    f'{_HEADER}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Pipe(io.RawIOBase):
    """What the ZIP writer wrote since it was last emptied."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def taken(self) -> bytes:
        """All that came since the last time."""
        taken, self._written = bytes(self._written), bytearray()
        return taken


def xlsx_chunks(
    header: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str, zone: tzinfo = UTC, at_once: int = 500
) -> Iterator[bytes]:
    """The bytes of a workbook, piece by piece. Instants are written in `zone`; a full sheet is followed by another."""
    pipe, left = _Pipe(), iter(rows)
    names: list[str] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        first: list[Sequence[Any]] = list(islice(left, 1))
        while first or not names:
            names.append(sheet if not names else f"{sheet} {len(names) + 1}")
            part = chain(first, islice(left, ROWS_A_SHEET - len(first)))
            with book.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=False) as file:
                for text in _sheet(header, part, zone, at_once):
                    file.write(text.encode())
                    yield pipe.taken()
            first = list(islice(left, 1))
        for path, text in _frame(names):
            book.writestr(path, text)
    yield pipe.taken()


def _sheet(header: Sequence[str], rows: Iterable[Sequence[Any]], zone: tzinfo, at_once: int) -> Iterator[str]:
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
    yield f'{_HEADER}<worksheet xmlns="{_MAIN}">{view}'
    yield "<sheetData><row>" + "".join(_text(word, _HEAD) for word in header) + "</row>"
    source = iter(rows)
    while lines := list(islice(source, at_once)):
        yield "".join(f"<row>{''.join([_cell(value, zone) for value in line])}</row>" for line in lines)
    yield "</sheetData></worksheet>"


def _cell(value: Any, zone: tzinfo) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return _text(value, _PLAIN if safe_cell(value) == value else _TEXT)
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c><v>{value}</v></c>" if abs(value) < EXACT else _text(str(value), _PLAIN)
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return f'<c s="{_TIME}"><v>{local.toordinal() - _EPOCH + seconds / 86_400:.8f}</v></c>'
    if isinstance(value, date):
        return f'<c s="{_DATE}"><v>{value.toordinal() - _EPOCH}</v></c>'
    return _text(str(value), _PLAIN)


def _text(value: str, style: int) -> str:
    if len(value) > LONGEST:
        value = value[: LONGEST - len(CUT)] + CUT
    kept = escape(_ILLEGAL.sub("\ufffd", value)).replace("\r", "&#13;")
    space = ' xml:space="preserve"' if value[:1].isspace() or value[-1:].isspace() or "\n" in value else ""
    return f'<c t="inlineStr"{f" s={chr(34)}{style}{chr(34)}" if style else ""}><is><t{space}>{kept}</t></is></c>'


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands around the sheets."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name[:31], {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    spaces = f'xmlns="{_MAIN}" xmlns:r="{_OFFICE}"'
    yield "xl/workbook.xml", f"{_HEADER}<workbook {spaces}><sheets>{sheets}</sheets></workbook>"
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    styles = f'<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    relations = f'{_HEADER}<Relationships xmlns="{_PACKAGE}/relationships">'
    yield "xl/_rels/workbook.xml.rels", f"{relations}{links}{styles}</Relationships>"
    yield "xl/styles.xml", _STYLES
    book = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f"{relations}{book}</Relationships>"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_HEADER}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{parts}</Types>',
    )
