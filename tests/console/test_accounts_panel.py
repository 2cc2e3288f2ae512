"""Who are they, where do we stand, what do I do next."""

from __future__ import annotations

import pytest

from headhaul.accounts.models import Account
from tests.cast import user_named
from tests.console.conftest import SignedIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_market")]


def opened(signed_in: SignedIn, name: str = "rosa") -> Account:
    signed_in(name).post("/accounts/from-signal/101")
    return Account.objects.get(dot_number=101)


def test_opening_from_a_signal_leads_to_the_account_and_says_so(signed_in: SignedIn) -> None:
    answer = signed_in("rosa").post("/accounts/from-signal/101")
    account = Account.objects.get()
    assert answer["Location"] == f"/accounts/{account.pk}/"
    assert "good" in answer.cookies["toast"].value
    assert account.owner == user_named("rosa")


def test_the_account_page_lays_account_and_signal_side_by_side(signed_in: SignedIn) -> None:
    account = opened(signed_in)
    page = signed_in("vera").get(f"/accounts/{account.pk}/").content.decode()
    for said in ("Why this score", "Rosa", "DOT 101", "Facts", "Changes"):
        assert said in page


def test_an_account_without_a_carrier_says_what_is_missing(signed_in: SignedIn) -> None:
    client = signed_in("rosa")
    client.post("/accounts/new", {"name": "Corner Haulage"})
    account = Account.objects.get()
    assert "Not linked to a carrier" in client.get(f"/accounts/{account.pk}/").content.decode()


def test_a_refused_form_keeps_what_was_typed(signed_in: SignedIn) -> None:
    answer = signed_in("rosa").post("/accounts/new", {"name": "Corner Haulage", "dotNumber": "12A"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Corner Haulage"' in page
    assert 'aria-invalid="true"' in page
    assert Account.objects.count() == 0


def test_tags_come_and_go_as_a_fragment(signed_in: SignedIn) -> None:
    account, client = opened(signed_in), signed_in("rosa")
    htmx = {"HX-Request": "true"}
    page = client.post(f"/accounts/{account.pk}/tags", {"tag": "Hot Lead"}, headers=htmx).content.decode()
    assert "<html" not in page
    tag = account.tags.get(tag__startswith="hot").tag
    assert tag in page
    page = client.post(f"/accounts/{account.pk}/tags/removal", {"tag": tag}, headers=htmx).content.decode()
    assert tag not in page


def test_somebody_elses_newer_change_is_not_overwritten(signed_in: SignedIn) -> None:
    account, client = opened(signed_in), signed_in("rosa")
    details = f"/accounts/{account.pk}/details"
    first = client.post(details, {"version": account.version, "name": "Lone Star"})
    second = client.post(details, {"version": account.version, "name": "Too late"})
    assert (first.status_code, second.status_code) == (302, 409)
    account.refresh_from_db()
    assert account.name == "Lone Star"


def test_an_account_that_nobody_has_can_be_taken(signed_in: SignedIn) -> None:
    account = opened(signed_in)
    Account.objects.update(owner=None)
    signed_in("max").post(f"/accounts/{account.pk}/ownership")
    account.refresh_from_db()
    assert account.owner == user_named("max")


def test_the_list_filters_by_tag_and_by_owner(signed_in: SignedIn) -> None:
    account = opened(signed_in)
    client = signed_in("max")
    client.post(f"/accounts/{account.pk}/tags", {"tag": "vip"})
    assert "Lone Star" in client.get("/accounts/?tag=vip").content.decode()
    assert "No account fits" in client.get("/accounts/?tag=other").content.decode()
    assert "No account fits" in client.get("/accounts/?owner=me").content.decode()


def test_a_viewer_reads_and_changes_nothing(signed_in: SignedIn) -> None:
    account, client = opened(signed_in), signed_in("vera")
    assert client.get(f"/accounts/{account.pk}/").status_code == 200
    for path in ("details", "ownership", "tags"):
        assert client.post(f"/accounts/{account.pk}/{path}", {"tag": "x"}).status_code == 403


def test_search_finds_accounts_carriers_and_pages(signed_in: SignedIn) -> None:
    opened(signed_in)
    client = signed_in("vera")
    htmx = {"HX-Request": "true"}
    assert "Accounts" in client.get("/search?q=lone", headers=htmx).content.decode()
    assert "/carriers/102/" in client.get("/search?q=prairie", headers=htmx).content.decode()
    assert "/what-if/" in client.get("/search?q=what", headers=htmx).content.decode()
    assert "Nothing is called" in client.get("/search?q=zzqq", headers=htmx).content.decode()
