"""An export of a filtered list holds its rows, and several filters keep what they should."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from headhaul.actions import dispatch
from headhaul.kernel import Actor
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def do(actor: Actor, name: str, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


def test_the_export_of_a_filtered_list_holds_its_rows(max_: Actor, rosa: Actor) -> None:
    for number in range(30):
        do(rosa, "createAccount", name=f"Hauler {number:02d}", state="TX" if number % 3 else "OK")
    filters = {"state": ["TX"], "q": "hauler"}
    page = do(max_, "listAccounts", **filters, sort="name", limit=100)
    file = do(max_, "exportRecords", entity="accounts", filters=filters, sort="name", columns=["name", "state"])
    rows = list(csv.reader(io.StringIO(file.csv)))
    assert rows == [["Account", "State"], *([row.name, row.state] for row in page.items)]
    assert len(rows) == 21


def test_a_record_made_for_a_view_is_in_it_at_once(rosa: Actor) -> None:
    view = do(rosa, "saveView", entity="accounts", name="Mine in Texas", filters={"owner": ["me"], "state": ["TX"]})
    made = do(rosa, "createAccount", name="Fresh Freight", state="TX")
    assert [row.id for row in do(rosa, "listAccounts", **view.filters).items] == [made.id]
