"""Managers look at anybody's opportunities, and give them away together with their accounts."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from django.http import HttpResponse
from django.test import Client

from headhaul.accounts.models import Account
from headhaul.pipeline.models import Opportunity
from headhaul.security.models import User
from tests.cast import actor_named, user_named
from tests.console.conftest import SignedIn
from tests.pipeline.doing import do

pytestmark = pytest.mark.django_db
PAGES = ["/pipeline/", "/pipeline/list", "/pipeline/risks"]


@pytest.fixture
def deals(signed_in: SignedIn) -> list[Opportunity]:
    """One of Rosa's, one of Max's, each with an account of theirs."""
    for name, company in (("rosa", "Alpha Haul"), ("max", "Bravo Lines")):
        signed_in(name).post("/accounts/new", {"name": company, "state": "TX"})
        account = Account.objects.get(name__iexact=company)
        do("createOpportunity", actor_named(name), accountId=account.pk, name=f"{company} deal")
    return list(Opportunity.objects.order_by("pk"))


def toast(answer: HttpResponse) -> str:
    return unquote(answer.cookies["toast"].value)


def offered(client: Client, path: str) -> dict[str, str]:
    page = client.get(path).content.decode()
    choice = re.search(r'<select class="select" id="filter-owner".*?</select>', page, re.DOTALL)
    assert choice is not None
    return dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]+)', choice[0]))


@pytest.mark.parametrize("path", PAGES)
def test_a_manager_chooses_whose_they_are_by_name(signed_in: SignedIn, deals: list[Opportunity], path: str) -> None:
    rosa, max_ = str(user_named("rosa").pk), signed_in("max")
    assert offered(max_, path)[rosa] == "Rosa"
    page = max_.get(path, {"owner": rosa}).content.decode()
    assert "Alpha Haul deal" in page
    assert "Bravo Lines deal" not in page
    assert f'<option value="{rosa}" selected>Rosa' in page
    assert set(offered(signed_in("rosa"), path)) == {"", "me", "team", "none"}


@pytest.mark.parametrize("path", PAGES)
def test_whom_an_address_names_is_shown_as_chosen(signed_in: SignedIn, deals: list[Opportunity], path: str) -> None:
    other = str(user_named("max").pk)
    assert offered(signed_in("rosa"), f"{path}?owner={other}")[other] == "Max"
    User.objects.filter(pk=user_named("rosa").pk).update(is_active=False)
    gone = str(user_named("rosa").pk)
    assert offered(signed_in("max"), f"{path}?owner={gone}")[gone] == f"Person {gone}"


def test_an_account_is_given_away_with_its_open_deals_and_back(signed_in: SignedIn, deals: list[Opportunity]) -> None:
    client, account = signed_in("max"), deals[0].account
    path = f"/accounts/{account.pk}/owner"
    assert 'name="withOpenDeals"' in client.get(path).content.decode()
    typed = {"ownerId": user_named("max").pk, "version": account.version}
    said = toast(client.post(path, typed | {"withOpenDeals": "1"}))
    assert "1 open opportunity went along." in said
    deals[0].refresh_from_db()
    assert deals[0].owner == user_named("max")
    client.post(said.split(":")[1])
    deals[0].refresh_from_db()
    account.refresh_from_db()
    assert (deals[0].owner, account.owner) == (user_named("rosa"), user_named("rosa"))
    plain = toast(client.post(path, typed | {"version": account.version}))
    assert "went along" not in plain
    deals[0].refresh_from_db()
    assert deals[0].owner == user_named("rosa")


def test_many_accounts_are_given_away_with_their_open_deals_and_back(
    signed_in: SignedIn, deals: list[Opportunity]
) -> None:
    client, rosa = signed_in("max"), user_named("rosa")
    assert 'name="withOpenDeals"' in client.get("/accounts/").content.decode()
    chosen = {"id": [each.account_id for each in deals], "ownerId": rosa.pk, "withOpenDeals": "1"}
    said = toast(client.post("/accounts/bulk", chosen))
    assert "1 open opportunity went along." in said
    assert set(Opportunity.objects.values_list("owner", flat=True)) == {rosa.pk}
    client.post(said.split(":")[1])
    assert Opportunity.objects.get(pk=deals[1].pk).owner == user_named("max")
