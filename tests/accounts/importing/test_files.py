"""Files as they come: encodings, delimiters, workbooks, dates, and what is no table at all."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from headhaul.accounts.choices import CustomEntity, CustomKind
from headhaul.accounts.errors import ImportNotReady
from headhaul.accounts.models import Account, CustomField
from headhaul.carriers.errors import ImportRefused
from headhaul.kernel import Actor
from tests.accounts.importing.conftest import Upload, ask, errors, importing
from tests.cast import NOON

TABLE = "Company,USDOT #\nÅkeri Süd,7\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter(max_: Actor, upload: Upload, encoding: str, delimiter: str) -> None:
    content = TABLE.replace(",", delimiter).encode(encoding)
    run = importing(max_, entity="accounts", uploadId=upload(content))
    assert (run.state, run.created) == ("done", 1)
    assert (Account.objects.get().name, Account.objects.get().dot_number) == ("Åkeri Süd", 7)


def test_names_of_any_script_come_in_as_they_are(max_: Actor, upload: Upload) -> None:
    names = ["نقل البضائع 🚚", "株式会社 トラック", "Ærø & Søn"]
    importing(max_, entity="accounts", uploadId=upload([["Company"], *[[name] for name in names]]))
    assert list(Account.objects.order_by("pk").values_list("name", flat=True)) == names


def workbook(*rows: list[object]) -> bytes:
    """A workbook with these rows in its first sheet."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_numbers_and_dates(max_: Actor, upload: Upload) -> None:
    CustomField.objects.create(
        entity=CustomEntity.ACCOUNT, key="renewal", label="Renewal", kind=CustomKind.DATE, created_at=NOON
    )
    content = workbook(["Company", "USDOT #", "ZIP", "Renewal"], ["Blue Mesa", 158121.0, 2134, date(2026, 4, 3)])
    run = importing(max_, entity="accounts", uploadId=upload(content, "carriers.xlsx"))
    account = Account.objects.get()
    assert (run.created, account.dot_number, account.zip) == (1, 158121, "02134")
    assert account.custom == {"renewal": "2026-04-03"}


def test_a_workbook_that_would_fill_the_memory_is_refused_unread(max_: Actor, upload: Upload) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<x/>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(260):
                part.write(b"\0" * 1_000_000)
    with pytest.raises(ImportRefused, match="would unpack to more than"):
        ask("previewImport", {"entity": "accounts", "uploadId": str(upload(out.getvalue(), "bomb.xlsx"))}, max_)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"<!doctype html><p>Sign in", "web page"),
        (b"PK\x03\x04broken", "damaged"),
        (b'{"a": 1}', "JSON"),
    ],
)
def test_what_is_no_table_is_told(max_: Actor, upload: Upload, content: bytes, says: str) -> None:
    with pytest.raises(ImportRefused, match=says):
        ask("previewImport", {"entity": "accounts", "uploadId": str(upload(content))}, max_)


def test_quotes_line_breaks_and_odd_rows(max_: Actor, upload: Upload) -> None:
    text = 'Company,City\n"Blue, ""Mesa""\nFreight",Austin\n\nToo,many,cells\nShort\n"never closed,X\nLast,Tulsa\n'
    run = importing(max_, entity="accounts", uploadId=upload(text))
    assert list(Account.objects.order_by("pk").values_list("name", flat=True)) == [
        'Blue, "Mesa" Freight', "Short", "Last"]  # fmt: skip
    assert errors(max_, run) == [
        "the row has 3 cells, the header 2",
        "a quotation mark is opened and never closed",
    ]


def test_a_formula_is_text(max_: Actor, upload: Upload) -> None:
    importing(max_, entity="accounts", uploadId=upload([["Company", "City"], ["'=cmd()", "=1+1"]]))
    assert Account.objects.get().name == "=cmd()"


def test_dates_that_could_be_two_days_are_asked_for(max_: Actor, upload: Upload) -> None:
    CustomField.objects.create(
        entity=CustomEntity.ACCOUNT, key="renewal", label="Renewal", kind=CustomKind.DATE, created_at=NOON
    )
    key = upload([["Company", "Renewal"], ["A", "03/04/2026"], ["B", "05/06/2026"]])
    with pytest.raises(ImportNotReady, match="Say whether the month or the day comes first"):
        importing(max_, entity="accounts", uploadId=key)
    importing(max_, entity="accounts", uploadId=key, dateOrders={"Renewal": "dmy"})
    assert Account.objects.get(name="A").custom == {"renewal": "2026-04-03"}


def test_one_date_that_can_be_read_one_way_decides_its_column(max_: Actor, upload: Upload) -> None:
    CustomField.objects.create(
        entity=CustomEntity.ACCOUNT, key="renewal", label="Renewal", kind=CustomKind.DATE, created_at=NOON
    )
    key = upload([["Company", "Renewal"], ["A", "03/04/2026"], ["B", "25/06/2026"], ["C", "31/02/2026"]])
    run = importing(max_, entity="accounts", uploadId=key)
    assert Account.objects.get(name="A").custom == {"renewal": "2026-04-03"}
    assert errors(max_, run) == ["Renewal there is no day 31 of month 2 in 2026"]


def test_a_mapping_is_remembered_for_the_same_headers(max_: Actor, upload: Upload) -> None:
    odd = [["Wer", "Wo"], ["Blue Mesa", "Austin"]]
    importing(max_, entity="accounts", uploadId=upload(odd), mapping={"Wer": "name", "Wo": "city"})
    seen = ask(
        "previewImport", {"entity": "accounts", "uploadId": str(upload([["Wo", "Wer"], ["Tulsa", "Red"]]))}, max_
    )
    assert {column.column: column.field for column in seen.columns} == {"Wer": "name", "Wo": "city"}
    assert (seen.remembered, seen.rows[0].name) == ("mine", "Red")


def test_a_preview_says_what_would_become_of_the_rows_and_writes_nothing(max_: Actor, upload: Upload) -> None:
    rows = [["Company", "USDOT #", "State", "Shoe size"], ["A", 1, "Texass", 9], ["B", 2, "TX", 9], ["C", "x", "TX", 9]]
    seen = ask("previewImport", {"entity": "accounts", "uploadId": str(upload(rows))}, max_)
    assert [column.field for column in seen.columns] == ["name", "dotNumber", "state", ""]
    assert (seen.counts["created"], seen.counts["failed"]) == (1, 2)
    assert {(each.column, each.value) for each in seen.misfits} == {("State", "Texass"), ("USDOT #", "x")}
    assert seen.rows[1].values == {"Name": "B", "USDOT number": "2", "State": "TX"}
    assert Account.objects.count() == 0
