"""Every scored carrier, one carrier, and what would change if."""

from __future__ import annotations

import re

import pytest

from headhaul.carriers.models import CarrierOverride
from tests.console.conftest import SignedIn
from tests.factories import market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_market")]


def order(page: str) -> list[str]:
    return re.findall(r'data-key="(\d+)"', page)


def test_the_list_holds_all_and_says_who_is_no_prospect(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/signals/").content.decode()
    assert order(page) == ["101", "102", "103"]
    assert "3 carriers" in page
    assert "Inactive" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=OK", ["102"]),
        ("text=lone", ["101"]),
        ("text=103", ["103"]),
        ("minScore=55&minDrivers=3", ["101", "102"]),
        ("urgency=high", ["101"]),
        ("isNew=true", ["102"]),
        ("isWorthy=false", ["103"]),
        ("sort=name", ["101", "102", "103"]),
        ("state=HI", []),
    ],
)
def test_filters_and_sort_live_in_the_address(signed_in: SignedIn, query: str, found: list[str]) -> None:
    assert order(signed_in("vera").get(f"/signals/?{query}").content.decode()) == found


def test_columns_are_picked_by_address(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/signals/?columns=confidence&columns=segment").content.decode()
    head = page[page.index("<thead>") : page.index("</thead>")]
    assert "Confidence" in head
    assert "Drivers" not in head


def test_more_rows_come_after_the_last_one(signed_in: SignedIn) -> None:
    for dot in range(200, 260):
        market.carrier(dot)
    market.signals(market.TODAY, *({"dot_number": dot} for dot in range(200, 260)))
    client = signed_in("vera")
    first = client.get("/signals/").content.decode()
    link = re.search(r'hx-get="(/signals/\?[^"]*cursor=[^"]+)"', first)
    assert link is not None
    rest = client.get(link.group(1).replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert len(order(first)) == 50
    assert not set(order(first)) & set(order(rest))
    assert "<thead>" not in rest


def test_the_file_holds_the_filtered_rows_and_is_written_down(signed_in: SignedIn) -> None:
    answer = signed_in("max").get("/signals/export.csv?state=TX")
    lines = answer.getvalue().decode().splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [line.split(",")[0] for line in lines] == ["dot_number", "101", "103"]


def test_a_rep_may_not_take_the_list_away(signed_in: SignedIn) -> None:
    client = signed_in("rosa")
    assert client.get("/signals/export.csv").status_code == 403
    assert "export.csv" not in client.get("/signals/").content.decode()


def test_the_carrier_page_says_what_is_known_and_from_where(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/carriers/101/").content.decode()
    for said in ("Lone Star Reefer LLC", "Why this score", "(214) 555-0100", "office@example.com", "1 Nov 2026"):
        assert said in page
    assert "A prospect:" in page
    assert "Show as table" in page


def test_a_carrier_nobody_knows_is_not_found(signed_in: SignedIn) -> None:
    assert signed_in("vera").get("/carriers/999999/").status_code == 404


def test_a_manager_overrides_the_gate_with_a_reason(signed_in: SignedIn) -> None:
    client = signed_in("max")
    assert "Not a prospect" in client.get("/carriers/103/").content.decode()
    client.post("/carriers/103/override", {"reason": "Reactivation is filed"})
    assert CarrierOverride.objects.get().reason == "Reactivation is filed"
    assert "A prospect by override" in client.get("/carriers/103/").content.decode()
    client.post("/carriers/103/override", {"remove": "1"})
    assert "Not a prospect" in client.get("/carriers/103/").content.decode()


def test_a_rep_may_not_override(signed_in: SignedIn) -> None:
    client = signed_in("rosa")
    assert "A manager can override" in client.get("/carriers/103/").content.decode()
    assert client.post("/carriers/103/override", {"reason": "I want it"}).status_code == 403


def test_what_if_invites_a_question_before_one_is_asked(signed_in: SignedIn) -> None:
    assert "Ask a question about the pool" in signed_in("vera").get("/what-if/").content.decode()


def test_what_if_answers_the_question_of_the_address(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/what-if/?count=40&equipment=reefer&state=TX&cdl=A").content.decode()
    assert "Prospects then" in page


@pytest.mark.parametrize("query", ["count=many&equipment=reefer", "count=5&equipment=hovercraft", "suggest=-4"])
def test_a_question_that_makes_no_sense_is_refused_on_the_page(signed_in: SignedIn, query: str) -> None:
    answer = signed_in("vera").get(f"/what-if/?{query}")
    assert answer.status_code == 422
    assert "What-if" in answer.content.decode()
