"""The pages about money: each says its numbers, leads to the rows behind them, and keeps what was typed."""

from __future__ import annotations

import csv
import html
import random
import re
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from headhaul.actions import dispatch
from headhaul.activities.models import Notification
from headhaul.analytics.models import CompetitorIntel, Spend
from headhaul.analytics.services import sightings
from headhaul.kernel import Actor
from tests.analytics.money import journeys
from tests.cast import user_named
from tests.factories import outreach
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db

DAYS = "from=2026-01-01&to=2026-12-31"
PAGES = (
    "analytics/money/", "analytics/money/costs/", "analytics/money/spend/", "analytics/money/rows?measure=won",
    "analytics/money/rows?measure=leads", "analytics/attribution/", "analytics/attribution/deals",
    "analytics/competitors/", "analytics/competitors/new",
)  # fmt: skip
BOOTH = {"channel": "event", "startsOn": "2026-03-01", "endsOn": "2026-03-31", "amount": "3,100.50", "note": "Booth"}


@pytest.fixture
def manager(db: None) -> Client:
    return signed_in("max")


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(user_named(name))
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.content[:500])
    return answer.content.decode()


def seen(page: str) -> str:
    """What a reader sees of it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def spent(actor: Actor, **data: Any) -> None:
    given = {"channel": "event", "startsOn": "2026-03-01", "endsOn": "2026-03-31", "amountCents": 310_000} | data
    dispatch("recordSpend", given, actor=actor, at=NOON, door="http")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["vera", "rosa", "max"])
def test_a_page_without_anything_says_so(path: str, who: str) -> None:
    assert text(signed_in(who), f"/{path}")


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith("new")])
def test_a_page_shows_what_there_is(manager: Client, rosa: Actor, max_: Actor, path: str) -> None:
    journeys.make(random.Random(3), [rosa, max_])
    spent(max_)
    journeys.deal(outreach.account(), kind="lost", competitor="Rival")
    joint = "&" if "?" in path else "?"
    page = text(manager, f"/{path}{joint}{DAYS}" if "spend" not in path else f"/{path}")
    assert "<tr data-row>" in page


def test_a_share_leads_to_the_deals_and_to_their_touches(manager: Client, rosa: Actor, max_: Actor) -> None:
    journeys.make(random.Random(4), [rosa, max_])
    page = text(manager, f"/analytics/attribution/?{DAYS}&by=channel&model=position")
    found = re.findall(r'href="(/analytics/attribution/deals\?[^"]*key=[^"]*)"[^>]*>(\d+)</a>', page)
    assert found
    for link, number in found:
        rows = text(manager, html.unescape(link))
        assert rows.count("<tr data-row>") == int(number)
    way = re.search(r'href="(/analytics/attribution/deals/\d+/[^"]*)"', rows)
    assert "The way to" in text(manager, html.unescape(way[1]))  # type: ignore[index]


def test_a_number_of_a_source_leads_to_as_many_rows(manager: Client, rosa: Actor, max_: Actor) -> None:
    journeys.make(random.Random(5), [rosa, max_])
    for by in ("source", "campaign", "month"):
        page = text(manager, f"/analytics/money/?{DAYS}&by={by}")
        links = re.findall(r'class="tabular" href="(/analytics/money/rows\?[^"]*)"[^>]*>([\d,]+)</a>', page)
        assert links
        for link, number in links:
            assert text(manager, html.unescape(link)).count("<tr data-row>") == int(number)


def test_money_and_costs_lead_to_rows_that_come_to_as_much(manager: Client, rosa: Actor, max_: Actor) -> None:
    journeys.make(random.Random(5), [rosa, max_])
    spent(max_)
    spent(max_, startsOn="2026-12-22", endsOn="2027-01-10", amountCents=200_000)  # half of it falls into these days
    spent(max_, channel="general", amountCents=700_000)
    page = text(manager, f"/analytics/money/?{DAYS}")
    won = re.findall(r'href="(/analytics/money/rows\?measure=won[^"]*)">\s*(?:<[^>]+>)*(\$[\d,.]+)', page)
    assert won
    for link, amount in won:
        assert f"{amount} together" in seen(text(manager, html.unescape(link)))
    costs = text(manager, f"/analytics/money/costs/?{DAYS}&by=channel")
    spend = re.findall(r'href="(/analytics/money/spend/\?[^"]*by=channel[^"]*)">\s*(?:<[^>]+>)*(\$4,100)', costs)
    assert len(spend) >= 2
    for link, amount in spend:
        rows = seen(text(manager, html.unescape(link)))
        assert f"{amount} falls into these days" in rows
        assert "$3,100" in rows
        assert "$1,000" in rows
        assert "$7,000" not in rows
    assert re.search(r"measure=clients", costs)


def test_numbers_of_costs_lead_to_as_many_rows(manager: Client, rosa: Actor, max_: Actor) -> None:
    journeys.make(random.Random(5), [rosa, max_])
    for by in ("", "&by=source", "&by=month"):
        page = text(manager, f"/analytics/money/costs/?{DAYS}{by}")
        links = re.findall(r'class="tabular" href="(/analytics/money/rows\?[^"]*)"[^>]*>([\d,]+)</a>', page)
        assert links
        for link, number in links:
            assert text(manager, html.unescape(link)).count("<tr data-row>") == int(number), link


def test_a_lead_among_the_rows_leads_to_its_page(manager: Client) -> None:
    lead = journeys.lead(journeys.source("mats"), at=NOON, account=outreach.account())
    assert f'href="/leads/{lead.pk}/"' in text(manager, f"/analytics/money/rows?measure=leads&{DAYS}")


def test_zero_clients_are_said(manager: Client, max_: Actor) -> None:
    spent(max_)
    page = seen(text(manager, f"/analytics/money/costs/?{DAYS}"))
    assert "No client came of it" in page
    assert "no client yet" in page
    assert "inf" not in page.replace("info", "").lower()


def test_spend_is_entered_put_right_and_taken_away(manager: Client) -> None:
    assert manager.post("/analytics/money/spend/", BOOTH).status_code == 302
    [row] = Spend.objects.all()
    assert (row.amount_cents, row.note) == (310_050, "Booth")
    there = f"/analytics/money/spend/{row.pk}/"
    assert "3,100.50" in text(manager, there)
    assert manager.post(there, BOOTH | {"amount": "$2,000", "version": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.amount_cents == 200_000
    gone = manager.post(f"{there}remove")
    assert gone.status_code == 302
    undo = re.search(r"%3A(%2F[^%]*%2F?[^:]*?)%3A", gone.cookies["toast"].value) or True
    assert undo
    assert Spend.objects.get().removed_at is not None


def test_a_refusal_keeps_what_was_typed(manager: Client) -> None:
    answer = manager.post("/analytics/money/spend/", BOOTH | {"endsOn": "2026-02-01"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "These days run backwards." in page
    assert 'value="3,100.50"' in page
    manager.post("/analytics/money/spend/", BOOTH)
    again = manager.post("/analytics/money/spend/", BOOTH)
    assert again.status_code == 409
    assert "is there already" in again.content.decode()


def test_a_rep_reads_spend_and_has_no_form() -> None:
    page = text(signed_in("rosa"), "/analytics/money/spend/")
    assert "Enter spend" not in page
    assert signed_in("rosa").post("/analytics/money/spend/", BOOTH).status_code == 403


def test_a_note_is_written_changed_and_taken_away() -> None:
    rep = signed_in("rosa")
    note = {
        "competitor": "Driver Source",
        "region": "southeast",
        "offerings": "Leased drivers",
        "alsoCalled": "DSI, DS",
    }
    answer = rep.post("/analytics/competitors/new", note)
    assert answer.status_code == 302
    [kept] = CompetitorIntel.objects.all()
    page = text(rep, answer.headers["Location"])
    assert "Leased drivers" in page
    assert "ds, dsi" in seen(page)
    there = f"/analytics/competitors/notes/{kept.pk}/"
    wrong = rep.post(there, note | {"sourceUrl": "http://example.com", "version": "1"})
    assert wrong.status_code == 422
    assert "http://example.com" in wrong.content.decode()
    assert rep.post(there, note | {"sourceUrl": "https://example.com", "version": "1"}).status_code == 302
    assert 'rel="noopener noreferrer nofollow"' in text(rep, answer.headers["Location"])
    assert rep.post(f"{there}remove").status_code == 302
    assert "No competitor" in text(rep, "/analytics/competitors/")


def test_a_competitor_leads_to_its_deals(manager: Client) -> None:
    for kind in ("lost", "lost", "won", "open"):
        journeys.deal(outreach.account(region="southeast"), kind=kind, competitor="Rival & Sons")
    page = text(manager, f"/analytics/competitors/?{DAYS}")
    link = re.search(r'href="(/analytics/competitors/of\?[^"]*state=lost)"[^>]*>2', page)
    lost = text(manager, html.unescape(link[1]))  # type: ignore[index]
    assert lost.count("/pipeline/opportunities/") == 2 or lost.count("data-open") == 2
    assert "1 of 3" in seen(lost)
    for state in ("open", "lost"):
        value = re.search(rf'href="(/analytics/competitors/of\?[^"]*state={state})">\s*(?:<[^>]+>)*(\$[\d,.]+)', page)
        assert f"{value[2]} together" in seen(text(manager, html.unescape(value[1])))  # type: ignore[index]


def test_what_somebody_typed_is_text_and_nothing_else(manager: Client, max_: Actor) -> None:
    script = '"><script>alert(1)</script>'
    home = outreach.account(region="southeast", at=NOON)
    journeys.lead(journeys.source("x", name=script), account=home, campaign=script, at=NOON)
    journeys.deal(home, name=script, competitor=script)
    journeys.deal(outreach.account(region="southeast"), kind="lost", competitor=script)
    for path in (
        f"/analytics/attribution/?{DAYS}&by=campaign",
        f"/analytics/money/?{DAYS}",
        f"/analytics/competitors/?{DAYS}",
    ):
        assert "<script>alert" not in text(manager, path)


@pytest.mark.parametrize("path", ["attribution/attribution", "money/sources", "money/costs", "competitors/competitors"])
def test_a_report_is_a_file_as_well(manager: Client, rosa: Actor, max_: Actor, path: str) -> None:
    journeys.make(random.Random(6), [rosa, max_])
    spent(max_)
    journeys.deal(outreach.account(), kind="lost", competitor="=1+1")
    answer = manager.get(f"/analytics/{path}.csv?{DAYS}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(StringIO(answer.content.decode())))
    assert len(rows) > 1
    assert all(not cell.startswith("=") for row in rows for cell in row)


def test_a_file_of_attribution_sums_to_what_was_won(manager: Client, rosa: Actor, max_: Actor) -> None:
    journeys.make(random.Random(7), [rosa, max_])
    answer = manager.get(f"/analytics/attribution/attribution.csv?{DAYS}&by=medium")
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    sums = {
        round(sum(float(row[f"dollars_{model}"]) for row in rows), 2)
        for model in ("first", "last", "linear", "position", "decay")
    }
    assert len(sums) == 1


def test_a_report_that_is_none_is_not_there(manager: Client) -> None:
    assert manager.get("/analytics/money/nothing.csv").status_code == 404
    assert manager.get("/analytics/money/spend/999999/").status_code == 404
    assert manager.get("/analytics/competitors/notes/999999/").status_code == 404
    assert manager.get("/analytics/competitors/of?key=c999999").status_code == 404
    assert manager.get("/analytics/attribution/deals/999999/").status_code == 404


def test_news_of_many_lead_to_the_list(manager: Client, max_: Actor) -> None:
    for number in range(12):
        journeys.deal(outreach.account(region="southeast"), kind="open", competitor=f"Rival {number}", updated_at=NOON)
    sightings.watch(at=NOON)
    told = Notification.objects.get(user_id=max_.user_id)
    answer = manager.get(f"/notifications/{told.pk}")
    assert answer.status_code == 302
    there = manager.get(answer.headers["Location"])
    assert there.headers["Location"] == "/analytics/competitors/"
