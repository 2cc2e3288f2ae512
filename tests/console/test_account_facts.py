"""Facts that open where they stand, people with their addresses, and what they said about being reached."""

from __future__ import annotations

import re

import pytest

from headhaul.accounts.choices import CustomEntity
from headhaul.accounts.models import Account, Contact
from headhaul.accounts.services import custom_fields
from headhaul.compliance.models import ConsentEvent
from tests.cast import NOON
from tests.console.conftest import SignedIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_market")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(signed_in: SignedIn) -> Account:
    """Rosa's."""
    signed_in("rosa").post("/accounts/from-signal/101")
    return Account.objects.get(dot_number=101)


@pytest.fixture
def joe(account: Account, signed_in: SignedIn) -> Contact:
    """Entered by the form."""
    form = {
        "name": "Joe Miller",
        "role": "owner",
        "isDecisionMaker": "1",
        "email": ["joe@lone-star.com", "joe@gmail.com", ""],
        "emailLabel": ["work", "", ""],
        "emailValidity": ["unknown", "valid", "unknown"],
        "emailPrimary": "1",
        "phone": ["(214) 555-0100 ext. 7"],
        "phoneLabel": ["mobile"],
        "phonePrimary": "0",
    }
    answer = signed_in("rosa").post(f"/accounts/{account.pk}/contacts/new", form)
    assert answer.status_code == 302, answer.content.decode()
    return Contact.objects.get()


@pytest.mark.parametrize(
    ("name", "value", "column", "kept"),
    [
        ("city", "Reno", "city", "Reno"),
        ("city", "", "city", ""),
        ("fleetSize", "12", "fleet_size", 12),
        ("fleetSize", "", "fleet_size", None),
        ("status", "client", "status", "client"),
        ("timezone", "America/Denver", "timezone", "America/Denver"),
        ("description", "Two\nlines", "description", "Two\nlines"),
    ],
)
def test_a_fact_is_saved_where_it_stands_and_says_so(
    account: Account, signed_in: SignedIn, name: str, value: str, column: str, kept: object
) -> None:
    client, path = signed_in("rosa"), f"/accounts/{account.pk}/facts/{name}"
    form = client.get(path, headers=HTMX).content.decode()
    assert 'name="version"' in form
    assert "<html" not in form
    answer = client.post(path, {"version": account.version, "value": value}, headers=HTMX)
    assert "Undo" in answer.headers["HX-Trigger"] or "/undo/" in answer.headers["HX-Trigger"]
    assert f'id="fact-{name}"' in answer.content.decode()
    assert 'hx-swap-oob="true"' in answer.content.decode()
    assert getattr(Account.objects.get(), column) == kept


def test_a_fact_works_without_scripts_too(account: Account, signed_in: SignedIn) -> None:
    client, path = signed_in("rosa"), f"/accounts/{account.pk}/facts/city"
    assert "<html" in client.get(path).content.decode()
    assert client.post(path, {"version": account.version, "value": "Reno"}).status_code == 302
    assert Account.objects.get().city == "Reno"


def test_a_conflict_shows_what_is_newer_and_keeps_what_was_typed(account: Account, signed_in: SignedIn) -> None:
    path = f"/accounts/{account.pk}/facts/city"
    signed_in("max").post(path, {"version": account.version, "value": "Austin"})
    answer = signed_in("rosa").post(path, {"version": account.version, "value": "Houston"}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "it is now Austin" in page
    assert 'value="Houston"' in page
    assert f'name="version" value="{account.version + 1}"' in page
    signed_in("rosa").post(path, {"version": account.version + 1, "value": "Houston"}, headers=HTMX)
    assert Account.objects.get().city == "Houston"


def test_what_does_not_fit_is_said_at_the_field(account: Account, signed_in: SignedIn) -> None:
    path = f"/accounts/{account.pk}/facts/website"
    answer = signed_in("rosa").post(path, {"version": account.version, "value": "javascript://x"}, headers=HTMX)
    assert answer.status_code == 422
    assert "is no web address" in answer.content.decode()
    assert signed_in("rosa").get(f"/accounts/{account.pk}/facts/nonsense").status_code == 404


def test_a_custom_field_stands_among_the_facts_and_in_the_forms(account: Account, signed_in: SignedIn) -> None:
    values = {"label": "Dock type", "kind": "several", "choices": ["Drop", "Live"]}
    custom_fields.create(entity=CustomEntity.ACCOUNT, key="dock", values=values, at=NOON)
    client = signed_in("rosa")
    assert "Dock type" in client.get(f"/accounts/{account.pk}/").content.decode()
    client.post(f"/accounts/{account.pk}/facts/custom.dock", {"version": account.version, "value": ["Live", "Drop"]})
    assert Account.objects.get().custom == {"dock": ["Drop", "Live"]}
    client.post("/accounts/new", {"name": "X", "custom.dock": ["Live"]})
    assert Account.objects.get(name="X").custom == {"dock": ["Live"]}


def test_people_stand_on_the_page_with_how_they_may_be_reached(joe: Contact, signed_in: SignedIn) -> None:
    page = signed_in("vera").get(f"/accounts/{joe.account_id}/").content.decode()
    for said in ("Joe Miller", "Decides", "joe@gmail.com", "ext. 7", "E-mail: may be used", "Texts: not agreed yet"):
        assert said in page
    assert [email.address for email in joe.emails.order_by("-is_primary")] == ["joe@gmail.com", "joe@lone-star.com"]


def test_the_form_changes_somebody_and_a_refusal_keeps_what_was_typed(joe: Contact, signed_in: SignedIn) -> None:
    client, path = signed_in("rosa"), f"/contacts/{joe.pk}/"
    assert 'value="joe@gmail.com"' in client.get(path).content.decode()
    form = {"version": 1, "name": "Joe M.", "email": ["nonsense"], "emailPrimary": "0", "notes": "Likes mornings"}
    answer = client.post(path, form)
    assert answer.status_code == 422
    assert "nonsense is no e-mail address" in answer.content.decode()
    assert "Likes mornings" in answer.content.decode()
    assert client.post(path, form | {"email": ["j@lone-star.com"]}).status_code == 302
    assert client.post(path, form | {"email": ["late@lone-star.com"]}).status_code == 409
    joe.refresh_from_db()
    assert (joe.name, joe.is_decision_maker, joe.emails.get().address) == ("Joe M.", False, "j@lone-star.com")


def test_somebody_is_removed_and_brought_back_by_the_toast(joe: Contact, signed_in: SignedIn) -> None:
    client = signed_in("rosa")
    answer = client.post(f"/contacts/{joe.pk}/removal", {"version": 1})
    assert not Contact.objects.exists()
    undo = answer.cookies["toast"].value.split("%3A")[1].replace("%2F", "/")
    client.post(undo)
    assert Contact.objects.get().pk == joe.pk


def test_consent_is_noted_from_the_card(joe: Contact, signed_in: SignedIn) -> None:
    client, path = signed_in("rosa"), f"/contacts/{joe.pk}/consent"
    assert "<html" not in client.get(path, headers=HTMX).content.decode()
    form = {"channel": "sms", "status": "opted_in", "source": "phone call"}
    refused = client.post(path, form)
    assert refused.status_code == 422
    assert "must be provable" in refused.content.decode()
    assert client.post(path, form | {"evidence": "He said yes"}).status_code == 302
    assert ConsentEvent.objects.get().address == "+12145550100"
    page = f"/accounts/{joe.account_id}/"
    assert "Texts: not agreed yet" in client.get(page).content.decode()  # as the judge says: not in writing
    assert client.post(path, form | {"evidence": "Signed", "basis": "express_written"}).status_code == 302
    assert "Texts: may be used" in client.get(page).content.decode()


def test_viewers_see_no_pencils(joe: Contact, signed_in: SignedIn) -> None:
    page = signed_in("vera").get(f"/accounts/{joe.account_id}/").content.decode()
    assert "fact-edit" not in page
    assert set(re.findall(rf"/contacts/{joe.pk}/(\w*)", page)) == {"standing"}  # they may ask, not change


def test_managers_give_an_account_away_and_remove_it(account: Account, signed_in: SignedIn) -> None:
    client = signed_in("max")
    owner = client.get(f"/accounts/{account.pk}/owner").content.decode()
    assert "Rosa" in owner
    client.post(f"/accounts/{account.pk}/owner", {"version": account.version, "ownerId": ""})
    assert Account.objects.get().owner is None
    client.post(f"/accounts/{account.pk}/removal", {"version": account.version + 1})
    assert not Account.objects.exists()


def test_the_whole_history_and_similar_accounts_have_their_places(account: Account, signed_in: SignedIn) -> None:
    client = signed_in("vera")
    signed_in("rosa").post("/accounts/from-signal/102")
    assert "Owner" in client.get(f"/accounts/{account.pk}/changes").content.decode()
    similar = client.get(f"/accounts/{account.pk}/similar", headers=HTMX).content.decode()
    assert "Prairie Freight" in similar
    assert "South Central" in similar


def test_people_are_found_from_the_palette(joe: Contact, signed_in: SignedIn) -> None:
    client = signed_in("vera")
    for words in ("miller", "214.555.0100", "joe@lone-star.com"):
        found = client.get("/search", {"q": words}, headers=HTMX).content.decode()
        assert f'href="/accounts/{joe.account_id}/#contact-{joe.pk}"' in found
