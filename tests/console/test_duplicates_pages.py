"""The queue of duplicates, the merge page, and what entering a duplicate shows."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.models import Account, DuplicatePair
from headhaul.accounts.services import scanning
from tests.accounts.people import account, contact
from tests.cast import user_named
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(user_named(name))
    return client


@pytest.fixture
def twins() -> tuple[Account, Account]:
    one = account("Ace Trucking LLC", phone="214-555-0100", description="Met at MATS.")
    two = account("Ace Trucking Inc", phone="214-555-0199", description="Ask for Dana.")
    scanning.scan(entity=MergeEntity.ACCOUNT, at=NOON)
    return one, two


def test_the_queue_shows_both_sides_with_score_and_reasons(twins: tuple[Account, Account]) -> None:
    page = signed_in("rosa").get("/accounts/duplicates").content.decode()
    assert "same name, both in Dallas, TX" in page
    assert page.count("data-differs") == 1  # the phone
    assert "These are two" in page
    assert "Merge ticked pairs" not in page  # a manager's


def test_a_pair_leaves_with_a_way_back(twins: tuple[Account, Account]) -> None:
    rosa, pair = signed_in("rosa"), DuplicatePair.objects.get()
    answer = rosa.post(f"/accounts/duplicates/{pair.pk}/dismissal", headers={"HX-Request": "true"})
    undo = re.search(r"/undo/\d+", answer.headers["HX-Trigger"])
    assert undo
    assert "Ace" not in rosa.get("/accounts/duplicates").content.decode().split('id="queue"')[1]
    assert "Ace Trucking" in rosa.get("/accounts/duplicates?state=dismissed").content.decode()
    rosa.post(undo[0])
    assert DuplicatePair.objects.get().state == "open"


def test_the_merge_page_previews_each_choice_and_does_it(twins: tuple[Account, Account]) -> None:
    one, two = twins
    max_ = signed_in("max")
    page = max_.get(f"/accounts/duplicates/merge?ids={one.pk},{two.pk}").content.decode()
    assert "Merge 2 into one" in page
    form = {"entity": "account", "ids": f"{one.pk},{two.pk}", "winner": one.pk, "choice.phone": two.pk}
    form |= {f"version.{one.pk}": 1, f"version.{two.pk}": 1}
    seen = max_.post("/accounts/duplicates/merge/preview", form, headers={"HX-Request": "true"}).content.decode()
    assert 'data-name="Result">214-555-0199' in seen
    assert Account.objects.count() == 2
    done = max_.post("/accounts/duplicates/merge", form)
    assert done.headers["Location"] == f"/accounts/{one.pk}/"
    one.refresh_from_db()
    assert one.phone == "214-555-0199"
    moved = max_.get(f"/accounts/{two.pk}/")
    assert (moved.status_code, moved.headers["Location"]) == (302, f"/accounts/{one.pk}/")
    assert "merged%20into" in moved.cookies["toast"].value


def test_ticked_pairs_are_merged_at_once(twins: tuple[Account, Account]) -> None:
    max_ = signed_in("max")
    form = {"pair": [DuplicatePair.objects.get().pk], "entity": "account"}
    done = max_.post("/accounts/duplicates/merges", form)
    assert Account.objects.count() == 1
    assert "undo" in done.cookies["toast"].value


def test_contacts_have_their_queue_and_merge_page() -> None:
    firm = account("Ace")
    for number in range(2):
        contact(firm, "Dana Reyes", emails=(f"d{number}@x.example",), phones=("+12145550111",))
    scanning.scan(entity=MergeEntity.CONTACT, at=NOON)
    max_ = signed_in("max")
    assert "Dana Reyes" in max_.get("/accounts/duplicates?entity=contact").content.decode()
    pair = DuplicatePair.objects.get()
    where = f"/accounts/duplicates/merge?entity=contact&ids={pair.first_id},{pair.second_id}"
    assert "d1@x.example" in max_.get(where).content.decode()
    form = {"entity": "contact", "ids": f"{pair.first_id},{pair.second_id}"}
    assert max_.post("/accounts/duplicates/merge", form).headers["Location"] == f"/accounts/{firm.pk}/"


@pytest.mark.parametrize("ids", ["", "x", "1", "1,1", "987654,987655"])
def test_a_merge_page_of_nothing_says_so(ids: str) -> None:
    assert signed_in("max").get(f"/accounts/duplicates/merge?ids={ids}").status_code in (404, 422)


def test_entering_a_duplicate_offers_the_other_one_or_to_create_it_anyway(twins: tuple[Account, Account]) -> None:
    rosa = signed_in("rosa")
    typed = {"name": "ACE Trucking", "city": "Dallas", "state": "TX"}
    refused = rosa.post("/accounts/new", typed)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Open that one" in page
    assert "Create anyway" in page
    assert 'value="ACE Trucking"' in page
    assert rosa.post("/accounts/new", typed | {"allowDuplicate": "1"}).status_code == 302
    assert Account.objects.count() == 3
