"""The campaigns panel: every page says its numbers, and leads to the rows behind them."""

from __future__ import annotations

import csv
import re
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.test import Client

from headhaul.kernel import Actor
from tests.cast import user_named
from tests.factories import outreach
from tests.outreach.reports import histories

pytestmark = pytest.mark.django_db

PAGES = ("", "sequences/", "channels/", "reps/", "messages?measure=planned", "carriers?stage=planned")
DAYS = "from=2026-06-01&to=2026-12-31"


@pytest.fixture
def manager(db: None) -> Client:
    client = Client()
    client.force_login(user_named("max"))
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_anything_says_so(manager: Client, path: str) -> None:
    assert text(manager, f"/campaigns/{path}")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_what_there_is(manager: Client, rosa: Actor, path: str) -> None:
    histories.make(3, [rosa])
    joint = "&" if "?" in path else "?"
    assert "<tr data-row>" in text(manager, f"/campaigns/{path}{joint}{DAYS}")


def test_a_number_leads_to_as_many_rows(manager: Client, rosa: Actor) -> None:
    histories.make(4, [rosa])
    page = text(manager, f"/campaigns/?{DAYS}&campaign=Reefer")
    link, number = re.search(r'href="(/campaigns/messages\?[^"]*measure=sent[^"]*)"[^>]*>(\d+)</a>', page).groups()  # type: ignore[union-attr]
    rows = text(manager, link.replace("&amp;", "&"))
    assert rows.count("<tr data-row>") == min(int(number), 50)


def test_seven_are_too_few_for_a_percentage(manager: Client) -> None:
    for _ in range(7):
        outreach.message()
    page = text(manager, f"/campaigns/?{DAYS}")
    assert "too few to say" in page
    assert "0.0 %" not in page


def test_where_people_stand_leads_to_as_many_of_them(manager: Client, rosa: Actor) -> None:
    histories.make(5, [rosa])
    dispatched = {"from": "2026-08-01", "to": "2026-10-31"}
    for owner in ("", "me", str(rosa.user_id)):
        page = text(manager, f"/campaigns/sequences/?{urlencode(dispatched | {'owner': owner})}")
        links = re.findall(r'class="tabular" href="(/outreach/enrolments/\?[^"]*)">([\d,]+)</a>', page)
        assert links or owner == "me"
        for link, number in links:
            rows = text(manager, link.replace("&amp;", "&"))
            assert len(set(re.findall(r'href="/outreach/enrolments/(\d+)"', rows))) == int(number), link


def test_steps_and_what_belongs_to_no_campaign(manager: Client, rosa: Actor) -> None:
    histories.make(5, [rosa])
    page = text(manager, f"/campaigns/sequences/?{DAYS}")
    step = re.search(r'href="(/campaigns/sequences/\d+/[^"]*)"', page).group(1)  # type: ignore[union-attr]
    assert "Drivers for" in text(manager, step.replace("&amp;", "&"))
    assert text(manager, f"/campaigns/?{DAYS}&campaign=(none)")


@pytest.mark.parametrize("report", ["campaigns", "sequences", "channels", "reps"])
def test_a_report_is_a_file_as_well(manager: Client, rosa: Actor, report: str) -> None:
    histories.make(6, [rosa])
    answer = manager.get(f"/campaigns/{report}.csv?{DAYS}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    of_messages = [row for row in rows if row["sent"]]  # calls are a channel without messages
    assert of_messages
    for row in of_messages:
        parts = [int(row[name]) for name in ("delivered", "bounced", "failed", "unknown")]
        assert int(row["sent"]) == sum(parts)


def test_a_report_that_is_none_is_not_there(manager: Client) -> None:
    assert manager.get("/campaigns/nothing.csv").status_code == 404
