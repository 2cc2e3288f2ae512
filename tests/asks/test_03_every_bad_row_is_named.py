"""Thousands of rows come in; each bad one is named with its reason, nothing is skipped silently; create or update."""

from __future__ import annotations

import csv
import io

import pytest

from headhaul.accounts.models import Account
from headhaul.accounts.selectors.imports import error_file
from headhaul.kernel import SYSTEM, Actor
from tests.accounts.importing.conftest import Upload, _home, importing, upload

__all__ = ["_home", "upload"]
pytestmark = pytest.mark.django_db
GOOD, BAD = 5_000, 250


def test_five_thousand_rows_with_bad_ones_among_them(max_: Actor, upload: Upload) -> None:
    rows = [["Company", "USDOT", "State"]]
    rows += [[f"Fleet {n}", str(n), "Texass" if n % 21 == 0 else "TX"] for n in range(1, GOOD + BAD + 1)]
    done = importing(max_, entity="accounts", uploadId=upload(rows))
    assert (done.state, done.rows_read, done.created, done.failed) == ("done", GOOD + BAD, GOOD, BAD)
    assert done.created + done.updated + done.unchanged + done.skipped + done.failed == done.rows_read
    assert Account.objects.count() == GOOD
    told = list(csv.DictReader(io.StringIO("".join(error_file(import_id=done.id, by=SYSTEM)))))
    assert [row["Company"] for row in told] == [f"Fleet {n}" for n in range(21, GOOD + BAD + 1, 21)]
    assert all("State" in row["Reason"] for row in told)
    assert [int(row["Line"]) for row in told] == [n + 1 for n in range(21, GOOD + BAD + 1, 21)]


@pytest.mark.parametrize(("mode", "made", "changed"), [("create", 1, 0), ("update", 0, 1), ("both", 1, 1)])
def test_one_chooses_whether_rows_create_or_update(
    max_: Actor,
    upload: Upload,
    mode: str,
    made: int,
    changed: int,
) -> None:
    importing(max_, entity="accounts", uploadId=upload([["Company", "USDOT"], ["Blue", "7"]]))
    file = upload([["Company", "USDOT", "City"], ["Blue", "7", "Waco"], ["Red", "8", "Waco"]])
    done = importing(max_, entity="accounts", uploadId=file, mode=mode)
    assert (done.created, done.updated, done.skipped) == (made, changed, 2 - made - changed)
    assert Account.objects.filter(city="Waco").count() == made + changed
    told = list(csv.DictReader(io.StringIO("".join(error_file(import_id=done.id, by=SYSTEM)))))
    assert len(told) == done.skipped
    assert all(row["Reason"] for row in told)
