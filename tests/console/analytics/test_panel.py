"""The analytics panel: figures with their help, rows behind them, files, snapshots, and the choice of mail."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from headhaul.activities.models import Activity
from headhaul.analytics.models import AnalyticsMailChoice, AnalyticsSnapshot
from headhaul.security.models import User
from tests.cast import user_named
from tests.console.conftest import SignedIn
from tests.pipeline.histories import account, change, deal

pytestmark = pytest.mark.django_db

PAGES = (
    "", "?period=custom", "?owner=me&segment=unknown", "rows?metric=winRate", "rows?metric=calls",
    "rows?metric=newAccounts", "rows?metric=forecastAccuracy30", "snapshots/", "snapshots/?kind=monthly", "mail",
)  # fmt: skip


@pytest.fixture
def quarter(db: None) -> User:
    """Rosa's last month: forty deals decided, three open, calls."""
    rosa, now = user_named("rosa"), timezone.now()
    of = account("=cmd|'/c calc'!A1", owner_id=rosa.pk)
    for number in range(40):
        each = deal(of, in_stage="discovery", amount=1_000_00, owner=rosa.pk, at=now - timedelta(days=9))
        change(each, at=now - timedelta(days=2), stage="closed_won" if number < 10 else "closed_lost")
    for _ in range(3):
        deal(of, in_stage="proposal", amount=500_00, owner=rosa.pk, at=now - timedelta(hours=1),
             close_on=(now + timedelta(days=1)).date())  # fmt: skip
    for _ in range(5):
        Activity.objects.create(account=of, type="call", happened_at=now, created_at=now, owner=rosa)
    return rosa


DAYS = "period=custom&from=-20d"


def text(client: Client, path: str) -> str:
    answer = client.get(f"/analytics/{path}")
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    return answer.content.decode()


@pytest.mark.parametrize("name", ["vera", "rosa", "max"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_anything_says_what_is_missing(signed_in: SignedIn, path: str, name: str) -> None:
    page = text(signed_in(name), path)
    assert "No figures for" in page or "No row is behind" in page or "No snapshots yet" in page or "by mail" in page


def test_figures_say_their_value_how_sure_they_are_and_what_they_mean(quarter: User, signed_in: SignedIn) -> None:
    page = unescape(text(signed_in("vera"), f"?{DAYS}"))
    for said in (
        "$10,000 won in", "25 % of 40 decided deals were won", "10 of 40, true rate likely 14–40 %", "7.0 days",
        "Deals won ÷ (deals won + deals lost), of deals closed in the period.", "There are no quotas for such days.",
        "Show as table", "Arrow keys read point by point", "Rosa",
    ):  # fmt: skip
        assert said in page, said
    chart = json.loads(re.search(r'id="won-data">(.*?)</script>', page).group(1))  # type: ignore[union-attr]
    assert sum(chart["series"][0]["values"]) == 10_000
    assert sum(chart["series"][1]["values"]) == 10


def test_every_number_leads_to_as_many_rows(quarter: User, signed_in: SignedIn) -> None:
    client = signed_in("vera")
    page = unescape(text(client, f"?{DAYS}"))
    links = dict.fromkeys(re.findall(r'href="/analytics/(rows\?[^"]*)"', page))
    assert len(links) > 12
    counted = {"winRate": 40, "dealsWon": 10, "newDeals": 43, "touches": 5, "velocity": 3, "openPipeline": 3}
    for link in links:
        rows = text(client, link)
        metric = re.search(r"metric=(\w+)", link).group(1)  # type: ignore[union-attr]
        total = int(re.search(r'list-count"><span class="tabular">(\d+)', rows).group(1))  # type: ignore[union-attr]
        assert rows.count("<tr data-row>") == min(total, 50) > 0
        assert total == counted.get(metric, total), link


def test_filters_live_in_the_address(quarter: User, signed_in: SignedIn) -> None:
    client = signed_in("max")
    page = text(client, f"?{DAYS}&owner={quarter.pk}&segment=unknown")
    assert f'<option value="{quarter.pk}" selected>' in page
    assert f"owner={quarter.pk}" in re.search(r'href="(/analytics/rows[^"]*)"', page).group(1)  # type: ignore[union-attr]
    assert "No figures for" in text(client, f"?{DAYS}&segment=enterprise")
    assert client.get("/analytics/?owner=somebody").status_code == 422


@pytest.mark.parametrize("table", ["figures", "trend", "reps", "stages", "forecasts"])
def test_each_table_is_a_file_as_well(quarter: User, signed_in: SignedIn, table: str) -> None:
    User.objects.filter(pk=quarter.pk).update(name="=HYPERLINK(1)")
    answer = signed_in("vera").get(f"/analytics/export/{table}.csv?{DAYS}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(StringIO(answer.content.decode())))
    assert len(rows) > (table != "forecasts")
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    if table == "reps":
        assert rows[1][0] == "'=HYPERLINK(1)"
    if table == "figures":
        assert dict(zip(rows[0], next(row for row in rows if row[0] == "winRate"), strict=True))["value"] == "25.0"


def test_a_table_that_is_none_is_not_there(signed_in: SignedIn) -> None:
    assert signed_in("vera").get("/analytics/export/nothing.csv").status_code == 404


def test_a_manager_keeps_figures_and_compares_two(quarter: User, signed_in: SignedIn) -> None:
    client = signed_in("max")
    assert "Keep a snapshot" not in text(signed_in("rosa"), f"?{DAYS}")
    assert "Keep a snapshot" in text(client, f"?{DAYS}")
    for name in ("Before", "After"):
        answer = client.post("/analytics/snapshots/keep", {"period": "custom", "from": "-20d", "name": name})
        kept = AnalyticsSnapshot.objects.latest("pk")
        assert answer["Location"] == f"/analytics/snapshots/{kept.pk}/"
        deal(account("Later"), in_stage="closed_won", amount=1_000_00, at=timezone.now())
    assert "It does not change any more" in text(client, f"snapshots/{kept.pk}/")
    assert "2 snapshots" in text(client, "snapshots/")
    query = f"first={kept.pk - 1}&second={kept.pk}"
    page = text(client, f"snapshots/compare?{query}")
    assert "Up by 10.0 %, better" in page
    assert "was taken while its period still ran" in page
    rows = list(csv.DictReader(StringIO(client.get(f"/analytics/snapshots/compare.csv?{query}").content.decode())))
    assert next(row for row in rows if row["key"] == "dealsWon")["change"] == "1.0"
    assert client.get(f"/analytics/snapshots/compare?first={kept.pk}&second={kept.pk}").status_code == 422
    assert signed_in("rosa").post("/analytics/snapshots/keep", {}).status_code == 403


def test_the_mail_is_chosen_on_its_page(signed_in: SignedIn) -> None:
    client = signed_in("rosa")
    answer = client.post("/analytics/mail", {"rhythm": "weekly", "whose": "me", "version": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/analytics/mail")
    kept = AnalyticsMailChoice.objects.get()
    assert (kept.user_id, kept.rhythm, kept.whose) == (user_named("rosa").pk, "weekly", "me")
    assert '<option value="weekly" selected>' in text(client, "mail")
    assert client.post("/analytics/mail", {"rhythm": "monthly", "version": "1"}).status_code == 409


def test_the_panel_stands_in_the_rail(signed_in: SignedIn) -> None:
    assert re.search(r'href="/analytics/" aria-current="page"', text(signed_in("vera"), ""))
