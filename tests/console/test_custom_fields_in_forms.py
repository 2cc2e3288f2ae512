"""A firm's own fields stand in forms and on pages of accounts, people and deals, and mean the same everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.accounts.models import Account, Contact, CustomField
from headhaul.pipeline.models import Opportunity
from tests.cast import NOON
from tests.console.conftest import SignedIn

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def field(entity: str, key: str, kind: str, **more: Any) -> CustomField:
    known = {"entity": entity, "key": key, "label": key.capitalize(), "kind": kind, "created_at": NOON}
    return CustomField.objects.create(**known, **more)


@pytest.fixture
def account(signed_in: SignedIn) -> Account:
    signed_in("rosa").post("/accounts/new", {"name": "Alpha Haul", "state": "TX"})
    return Account.objects.get()


def test_somebody_s_own_fields_are_shown_and_changed(signed_in: SignedIn, account: Account) -> None:
    field("contact", "shoe", "text")
    field("contact", "lanes", "several", choices=["i10", "i80"])
    client = signed_in("rosa")
    person = Contact.objects.create(
        account=account, name="Ann Lee", role="owner", custom={"shoe": "42"}, created_at=NOON, updated_at=NOON
    )
    path = f"/contacts/{person.pk}/"
    page = client.get(path)
    assert page.status_code == 200
    assert 'value="42"' in page.content.decode()
    given = {"name": "Ann Lee", "role": "owner", "version": 1, "custom.shoe": "43", "custom.lanes": ["i80"]}
    assert client.post(path, given).status_code == 302
    person.refresh_from_db()
    assert person.custom == {"shoe": "43", "lanes": ["i80"]}


def test_a_deal_is_opened_with_what_the_firm_requires_and_shows_it(signed_in: SignedIn, account: Account) -> None:
    field("opportunity", "lane", "text", is_required=True)
    field("opportunity", "worth", "money")
    field("opportunity", "ways", "several", choices=["i10", "i80"])
    client = signed_in("rosa")
    assert 'name="custom.lane"' in client.get(f"/pipeline/new?accountId={account.pk}").content.decode()
    given = {"accountId": account.pk, "name": "Alpha deal", "several": "custom.ways"}
    refused = client.post("/pipeline/new", given | {"custom.worth": "1,250"})
    assert refused.status_code == 422
    assert 'value="1,250"' in refused.content.decode(), "what was typed is kept"
    sent = given | {"custom.lane": "Dallas", "custom.worth": "1,250", "custom.ways": ["i10", "i80"]}
    assert client.post("/pipeline/new", sent).status_code == 302
    deal = Opportunity.objects.get()
    assert deal.custom == {"lane": "Dallas", "worth": 1250_00, "ways": ["i10", "i80"]}
    page = client.get(f"/pipeline/opportunities/{deal.pk}/").content.decode()
    assert 'value="1250.00"' in page
    changed = {"version": deal.version, "several": "custom.ways", "custom.lane": "El Paso", "custom.worth": "99.5"}
    assert client.post(f"/pipeline/opportunities/{deal.pk}/facts", changed).status_code == 302
    deal.refresh_from_db()
    assert deal.custom == {"lane": "El Paso", "worth": 99_50}, "a list that nothing is chosen of is empty"
    assert "$99.50" in signed_in("vera").get(f"/pipeline/opportunities/{deal.pk}/").content.decode()


def test_money_is_dollars_wherever_somebody_types_it(signed_in: SignedIn, account: Account) -> None:
    field("account", "worth", "money")
    client, path = signed_in("rosa"), f"/accounts/{account.pk}"
    client.post(f"{path}/cell", {"column": "custom.worth", "version": 1, "value": "1300"}, headers=HTMX)
    account.refresh_from_db()
    assert account.custom == {"worth": 1300_00}
    row = client.get(f"{path}/row?columns=name,custom.worth&edit=custom.worth", headers=HTMX).content.decode()
    assert 'value="1300.00"' in row
    for least, is_found in (("1200", True), ("1300.01", False), ("$1,300", True)):
        html = client.get("/accounts/", {"c.worth.atLeast": least}).content.decode()
        assert (f'data-key="{account.pk}"' in html) is is_found, least


@pytest.mark.parametrize(("column", "typed", "version"), [("city", "Dallas", 1), ("fleetSize", "many", 2)])
def test_what_was_typed_into_a_cell_outlives_its_refusal(
    signed_in: SignedIn, account: Account, column: str, typed: str, version: int
) -> None:
    Account.objects.update(city="TULSA", version=2)
    given = {"column": column, "version": version, "value": typed}
    answer = signed_in("rosa").post(f"/accounts/{account.pk}/cell?columns=name,{column}", given, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert f'value="{typed}"' in html
    assert ("Now: Tulsa" in html) is (column == "city")
