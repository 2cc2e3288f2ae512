"""The board and its pages, as browsers with and without scripts ask for them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from headhaul.accounts.models import Account, Contact
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity, Stage
from headhaul.pipeline.preferences import Closing
from headhaul.preferences.services import values
from headhaul.security.models import User
from tests.factories.market import NOON
from tests.pipeline.doing import do

pytestmark = pytest.mark.django_db
Opened = Callable[..., Any]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def rosas(rosa: Actor) -> Client:
    """Rosa's."""
    return of(rosa)


def of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_the_board_shows_columns_sums_and_cards(opened: Opened, rosas: Client, vera: Actor) -> None:
    opened(amountCents=1_250_000_00, nextStep="Send terms", closeOn="2026-12-31")
    page = rosas.get("/pipeline/").content.decode()
    for said in (
        "Prospecting",
        "Closed lost",
        "$1,250,000",
        "$125,000",
        "Send terms",
        "31 Dec 2026",
        "vendor/sortable",
    ):
        assert said in page
    assert "vendor/sortable" in page
    assert "vendor/sortable" not in of(vera).get("/pipeline/").content.decode()
    part = rosas.get("/pipeline/?owner=me&part=heads", headers=HTMX).content.decode()
    assert "<html" not in part
    assert part.count("data-head=") == 6


def test_a_dragged_card_comes_back_moved_with_a_way_to_undo(opened: Opened, rosas: Client) -> None:
    made = opened()
    answer = rosas.post(
        f"/pipeline/opportunities/{made.id}/stage", {"version": 1, "toStage": "discovery"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert 'data-stage="discovery"' in answer.content.decode()
    toast = json.loads(answer["HX-Trigger"])["toast"]
    rosas.post(toast["undo"], headers=HTMX)
    assert Opportunity.objects.get().stage.key == "prospecting"


def test_the_second_mover_gets_the_card_as_the_first_left_it(opened: Opened, rosas: Client, rick: Actor) -> None:
    made = opened()
    do("moveStage", rick, opportunityId=made.id, version=1, toStage="discovery")
    answer = rosas.post(f"/pipeline/opportunities/{made.id}/stage", {"version": 1, "toStage": "proposal"}, headers=HTMX)
    assert answer.status_code == 409
    assert 'data-stage="discovery"' in answer.content.decode()
    assert "Rick moved it to Discovery" in json.loads(answer["HX-Trigger"])["toast"]["text"]


def test_a_stage_that_asks_for_facts_asks_with_a_form(opened: Opened, rosas: Client, contact: Contact) -> None:
    made = opened()
    where = f"/pipeline/opportunities/{made.id}/stage"
    asked = rosas.post(where, {"version": 1, "toStage": "negotiation"}, headers=HTMX)
    form = asked.content.decode()
    assert asked.status_code == 422
    for name in ('name="amount"', 'name="closeOn"', 'name="decisionMakerId"', "Dana Diaz"):
        assert name in form
    given = {"version": 1, "toStage": "negotiation", "asked": 1, "closeOn": "2026-12-31", "decisionMakerId": contact.pk}
    wrong = rosas.post(where, given | {"amount": "a lot"}, headers=HTMX)
    assert wrong.status_code == 422
    assert 'value="a lot"' in wrong.content.decode()
    assert rosas.post(where, given | {"amount": "12.5k"}, headers=HTMX).status_code == 200
    assert Opportunity.objects.get().amount_cents == 12_500_00


def test_without_scripts_a_move_asks_on_a_page_and_then_goes_on(opened: Opened, rosas: Client) -> None:
    made = opened()
    where = f"/pipeline/opportunities/{made.id}/stage"
    page = rosas.post(where, {"version": 1, "toStage": "closed_lost"}).content.decode()
    assert "Why was it lost" in page
    assert "<html" in page
    done = rosas.post(where, {"version": 1, "toStage": "closed_lost", "asked": 1, "lostReason": "Price"})
    assert done["Location"] == f"/pipeline/opportunities/{made.id}/"
    assert "closed lost" not in rosas.get("/pipeline/list").content.decode().lower()


def test_facts_are_edited_in_place(opened: Opened, rosas: Client, contact: Contact) -> None:
    made = opened(nextStep="Call")
    where = f"/pipeline/opportunities/{made.id}/facts"
    answer = rosas.post(where, {"version": 1, "amount": "$1,000.50", "nextStep": "", "name": "Deal"}, headers=HTMX)
    assert answer.status_code == 200
    assert 'data-version="2"' in answer.content.decode()
    row = Opportunity.objects.get()
    assert (row.amount_cents, row.next_step, row.name) == (1_000_50, "", "Deal")
    rosas.post(where, {"version": 2, "withContacts": 1, "contactIds": [contact.pk]}, headers=HTMX)
    assert row.committee.count() == 1
    assert rosas.post(where, {"version": 2, "amount": "5"}, headers=HTMX).status_code == 409


@pytest.mark.parametrize(
    "path",
    ["/pipeline/list", "/pipeline/list?sort=amount&owner=me", "/pipeline/risks", "/pipeline/risks?risk=no_next_step"],
)
def test_lists_show_rows_and_say_when_there_are_none(opened: Opened, rosas: Client, path: str) -> None:
    empty = rosas.get(path).content.decode()
    assert "state-title" in empty
    made = opened(name="Reefer deal")
    assert f"/pipeline/opportunities/{made.id}/" in rosas.get(path).content.decode()


def test_one_page_says_everything_and_a_viewer_cannot_write_on_it(
    opened: Opened, rosas: Client, vera: Actor, contact: Contact
) -> None:
    made = opened(decisionMakerId=contact.pk, nextStep="Call", amountCents=5_00)
    page = rosas.get(f"/pipeline/opportunities/{made.id}/").content.decode()
    for said in ("Facts", "Buying committee", "Its way", "History", "Drivers that fit", "Dana Diaz", "What helps now"):
        assert said in page
    seen = of(vera).get(f"/pipeline/opportunities/{made.id}/").content.decode()
    assert "data-step" not in seen
    assert 'name="amount"' not in seen
    assert rosas.get("/pipeline/opportunities/4000000/").status_code == 404


def test_a_new_one_begins_at_an_account_or_a_usdot_number(account: Account, rosas: Client) -> None:
    form = rosas.get(f"/pipeline/new?accountId={account.pk}").content.decode()
    assert "Lone Star Reefer LLC" in form
    answer = rosas.post("/pipeline/new", {"accountId": account.pk, "amount": "9k", "nextStep": "Call"})
    made = Opportunity.objects.get()
    assert answer["Location"] == f"/pipeline/opportunities/{made.pk}/"
    assert (made.amount_cents, made.next_step) == (9_000_00, "Call")
    wrong = rosas.post("/pipeline/new", {"dotNumber": "12A", "amount": "9k"})
    assert wrong.status_code == 422
    assert 'value="9k"' in wrong.content.decode()
    fragment = rosas.get(f"/pipeline/of-account/{account.pk}", headers=HTMX).content.decode()
    assert "<html" not in fragment
    assert f"/pipeline/opportunities/{made.pk}/" in fragment


def test_managers_remove_and_what_ended_is_reopened(opened: Opened, rosas: Client, max_: Actor) -> None:
    made = opened()
    do("closeOpportunity", max_, opportunityId=made.id, version=1, outcome="lost", reason="Price")
    rosas.post(f"/pipeline/opportunities/{made.id}/reopening", {"version": 2})
    assert Opportunity.objects.get().kind == "open"
    assert rosas.post(f"/pipeline/opportunities/{made.id}/removal", {"version": 3}).status_code == 403
    assert of(max_).post(f"/pipeline/opportunities/{made.id}/removal", {"version": 3})["Location"] == "/pipeline/"


def test_the_table_is_taken_as_a_file_with_its_filters(opened: Opened, rosas: Client, max_: Actor) -> None:
    opened(name="Beta", amountCents=1_250_050)
    opened(name="Alpha")
    moved = opened(name="Gamma")
    do("moveStage", max_, opportunityId=moved.id, version=1, toStage="discovery")
    client = of(max_)
    assert "/pipeline/export.csv" in client.get("/pipeline/list").content.decode()
    answer = client.get("/pipeline/export.csv?stage=prospecting&sort=name&cursor=&owner=")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(line["Opportunity"], line["Amount"]) for line in lines] == [("Alpha", ""), ("Beta", "12500.5")]
    book = b"".join(client.get("/pipeline/export.xlsx?stage=discovery").streaming_content)
    assert [row[0].value for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows()][1:] == ["Gamma"]
    assert client.get("/pipeline/export.csv?sort=nonsense").status_code == 422
    assert client.get("/pipeline/export.pdf").status_code in (404, 422)
    assert rosas.get("/pipeline/export.csv").status_code == 403
    assert "/pipeline/export.csv" not in rosas.get("/pipeline/list").content.decode()


def test_the_firms_own_reasons_and_competitors_are_offered(opened: Opened, rosas: Client, ada: Actor) -> None:
    offered = {"lostReasons": ["Too far"], "competitors": ["Roadstaff"], "statusFollows": "yes"}
    values.save(section=Closing, values=offered, expected_version=0, by=ada, at=NOON)
    made = opened(name="Beta")
    page = rosas.get(f"/pipeline/opportunities/{made.id}/").content.decode()
    assert '<option value="Roadstaff">' in page
    asked = rosas.post(f"/pipeline/opportunities/{made.id}/stage", {"version": 1, "toStage": "closed_lost"})
    assert asked.status_code == 422
    form = asked.content.decode()
    assert form.count('<option value="Too far">') == form.count('<option value="Roadstaff">') == 1
    stage = Stage.objects.get(key="closed_lost")
    do("saveStage", ada, stageId=stage.pk, version=stage.version, required=["lostReason", "competitor"])
    asked = rosas.post(f"/pipeline/opportunities/{made.id}/stage", {"version": 1, "toStage": "closed_lost"})
    assert asked.content.decode().count('name="competitor"') == 1
