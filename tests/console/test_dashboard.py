"""Whom do I contact now, and why."""

from __future__ import annotations

import re

import pytest

from tests.console.conftest import SignedIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_market")]


def order(page: str) -> list[str]:
    """DOT numbers of the ranked list, from the top."""
    return re.findall(r'data-key="(\d+)"', page)


def test_prospects_stand_best_first_and_without_those_who_are_none(signed_in: SignedIn) -> None:
    assert order(signed_in("vera").get("/").content.decode()) == ["101", "102"]


def test_a_filter_of_the_address_narrows_the_list_and_stays_chosen(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/?state=OK").content.decode()
    assert order(page) == ["102"]
    assert '<option value="OK" selected>' in page


def test_an_unknown_range_falls_back_to_a_week(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/?range=8000").content.decode()
    assert re.search(r'value="7" checked', page)


def test_a_wrong_filter_is_a_clear_refusal(signed_in: SignedIn) -> None:
    answer = signed_in("vera").get("/?segment=gigantic")
    assert answer.status_code == 422
    assert "segment" in answer.content.decode()


def test_htmx_gets_the_same_without_the_frame(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/", headers={"HX-Request": "true"}).content.decode()
    assert order(page) == ["101", "102"]
    assert "<html" not in page


def test_going_back_in_history_gets_the_whole_page(signed_in: SignedIn) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in signed_in("vera").get("/", headers=headers).content.decode()


def test_why_opens_by_address(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/?open=101").content.decode()
    assert "What speaks for them now" in page
    assert 'aria-expanded="true"' in page


def test_names_of_the_register_are_written_calmly(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/").content.decode()
    assert "Lone Star Reefer LLC" in page
    assert "LONE STAR" not in page


def test_viewers_are_not_offered_what_they_may_not_do(signed_in: SignedIn) -> None:
    offered = '/accounts/from-signal/101"'
    assert offered in signed_in("rosa").get("/").content.decode()
    assert offered not in signed_in("vera").get("/").content.decode()


def test_every_number_leads_to_its_rows(signed_in: SignedIn) -> None:
    client = signed_in("vera")
    links = re.findall(r'<a class="tile[^"]*" href="([^"]+)"', client.get("/").content.decode())
    assert links
    assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def test_an_open_row_says_how_to_reach_them(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/?open=101").content.decode()
    assert "(214) 555-0100" in page
    assert "office@example.com" in page
