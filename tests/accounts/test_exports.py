"""A file is the list that was seen: its rows, its columns, its order; and it does nothing when it is opened."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.accounts.models import CustomField, ExportFile
from headhaul.accounts.services import export_files
from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound, Role
from headhaul.kernel.actions import find
from headhaul.kernel.xlsx import LONGEST, xlsx_chunks
from tests.accounts.test_lists import account, custom_field, do
from tests.factories.market import NOON, person

pytestmark = pytest.mark.django_db

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def some(rosa: Actor) -> None:
    """Accounts with what files get wrong."""
    custom_field("trailers", "number")
    account(
        "Älpha 🚚",
        state="TX",
        fleet_size=10,
        score=8000,
        owner_id=rosa.user_id,
        tags=("hot", "x"),
        custom={"trailers": 4},
    )
    account('=HYPERLINK("http://evil")', state="TX", fleet_size=7, opened_on=date(2026, 3, 1))
    account("שלום", state="PA", fleet_size=None)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.HEADHAUL_HOME = str(tmp_path)


def lines(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def export(actor: Actor, **data: Any) -> Any:
    return do("exportRecords", actor, entity="accounts", **data)


def book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def finished(actor: Actor, **data: Any) -> bytes:
    """The bytes of an export that was written in the background."""
    asked = export(actor, delivery="file", **data)
    assert do("getExport", actor, exportId=asked.export_id.hex).state == "queued"
    assert export_files.write(export_id=asked.export_id, action=find("exportRecords"), at=NOON) == "done"
    return export_files.path_of(asked.export_id).read_bytes()


def test_the_file_holds_the_rows_and_columns_of_the_view_in_its_order(some: None, max_: Actor) -> None:
    view = do("saveView", max_, entity="accounts", name="Texas", filters={"state": ["TX"]}, sort="fleetSize",
              direction="asc", columns=["fleetSize", "name", "tags", "owner", "custom.trailers"])  # fmt: skip
    file = export(max_, viewId=view.id)
    assert file.is_complete
    assert lines(file.csv) == [
        ["Trucks", "Account", "Tags", "Owner", "Trailers"],
        ["7", '\'=HYPERLINK("http://evil")', "", "", ""],
        ["10", "Älpha 🚚", "hot, x", "Rosa", "4"],
    ]
    turned = export(max_, viewId=view.id, sort="name", columns=["name"])
    assert [line[0] for line in lines(turned.csv)[1:]] == ['\'=HYPERLINK("http://evil")', "Älpha 🚚"]


def test_more_rows_than_fit_into_an_answer_become_a_file(
    some: None, max_: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headhaul.accounts.actions.exports.INLINE_ROWS", 2)
    file = export(max_, sort="name")
    assert (file.is_complete, len(lines(file.csv))) == (False, 3)
    export_files.write(export_id=file.export_id, action=find("exportRecords"), at=NOON)
    assert len(lines(export_files.path_of(file.export_id).read_text())) == 4
    state = do("getExport", max_, exportId=file.export_id.hex)
    assert (state.state, state.rows, state.path) == ("done", 3, f"/api/exports/{file.export_id}")


def test_a_workbook_has_real_numbers_and_dates_and_no_formula(some: None, max_: Actor) -> None:
    columns = ["name", "fleetSize", "openedOn", "createdAt", "isSpike", "score"]
    sheet = book(finished(max_, format="xlsx", sort="fleetSize", columns=columns, zone="America/Chicago"))
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == [
        "Account",
        "Trucks",
        "Opened by signals of",
        "Created",
        "Spike",
        "Score",
    ]
    evil = rows[2]
    assert (evil[0].value, evil[0].data_type, evil[0].quotePrefix) == ('=HYPERLINK("http://evil")', "s", True)
    assert evil[1].value == 7
    assert evil[2].value == datetime(2026, 3, 1)
    assert evil[3].value == NOON.astimezone(CHICAGO).replace(tzinfo=None)
    assert (evil[4].value, evil[5].value) == (False, None)
    assert rows[1][0].value == "Älpha 🚚"


@given(
    st.lists(st.tuples(st.text(max_size=40), st.integers(-(10**12), 10**12), st.dates(date(1950, 1, 1))), max_size=9)
)
def test_whatever_is_written_is_read_back(rows: list[tuple[str, int, date]]) -> None:
    content = b"".join(xlsx_chunks(["a", "b", "c"], rows, sheet="S & <T>", at_once=2))
    found = list(book(content).iter_rows(min_row=2, max_row=len(rows) + 1))
    for (text, whole, day), cells in zip(rows, found, strict=False):
        assert cells[1].value == whole
        assert cells[2].value == datetime(day.year, day.month, day.day)
        assert cells[0].data_type != "f"
        if text.isprintable():
            assert (cells[0].value or "") == text
    assert len(found) == len(rows) or not rows


def test_a_cell_that_is_too_long_says_so_and_the_file_opens() -> None:
    content = b"".join(xlsx_chunks(["a"], [["x" * 40_000], ["\x01\ufffe\r\n "]], sheet="S"))
    sheet = book(content)
    assert len(sheet["A2"].value) == LONGEST
    assert sheet["A2"].value.endswith("the CSV has all of it)")


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headhaul.kernel.xlsx.ROWS_A_SHEET", 2)
    content = b"".join(xlsx_chunks(["n"], ([n] for n in range(5)), sheet="Rows"))
    found = openpyxl.load_workbook(io.BytesIO(content))
    assert found.sheetnames == ["Rows", "Rows 2", "Rows 3"]
    assert [row[0].value for name in found.sheetnames for row in found[name].iter_rows(min_row=2)] == [0, 1, 2, 3, 4]


def test_contacts_are_exported_too(some: None, max_: Actor) -> None:
    file = do("exportRecords", max_, entity="contacts", columns=["name", "account"])
    assert lines(file.csv) == [["Contact", "Account"]]


@pytest.mark.parametrize(
    ("data", "field"),
    [({"columns": ["shoeSize"]}, "columns"), ({"sort": "colour"}, "sort"), ({"filters": {"a": 1}}, "filters.a")],
)
def test_what_the_list_does_not_have_is_named(some: None, max_: Actor, data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        export(max_, **data)
    assert field in refusal.value.fields


def test_an_export_is_for_whoever_asked(some: None, max_: Actor, ada: Actor, rosa: Actor) -> None:
    asked = export(max_, delivery="file")
    with pytest.raises(Forbidden):
        export(rosa)
    with pytest.raises(NotFound):
        do("getExport", person("Mona", Role.MANAGER), exportId=asked.export_id.hex)
    assert do("getExport", ada, exportId=asked.export_id.hex).state == "queued"
    with pytest.raises(NotFound):
        export_files.fetched(export_id=asked.export_id, by=max_, action=find("exportRecords"))


def test_an_export_that_cannot_be_written_says_why(some: None, max_: Actor) -> None:
    asked = export(max_, delivery="file", columns=["custom.trailers"])
    CustomField.objects.all().delete()
    assert export_files.write(export_id=asked.export_id, action=find("exportRecords"), at=NOON) == "failed"
    assert "no such column" in do("getExport", max_, exportId=asked.export_id.hex).problem


def test_old_exports_go(some: None, max_: Actor) -> None:
    finished(max_)
    assert export_files.prune(at=datetime(2027, 1, 1, tzinfo=UTC)) == 1
    assert ExportFile.objects.count() == 0


def test_taking_a_list_is_written_down(some: None, max_: Actor) -> None:
    dispatch("exportRecords", {"entity": "accounts"}, actor=max_, at=NOON, door="http")
    entry = AuditEntry.objects.get(action="exportRecords")
    assert (entry.target_type, entry.target_id, entry.actor) == ("list", "accounts", "max@example.com")
