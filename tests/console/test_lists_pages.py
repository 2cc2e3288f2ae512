"""The list pages: the address holds everything, views are tabs, cells and many rows change, files come out."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client

from headhaul.accounts.models import Account, AccountTag, Contact, CustomField, SavedView
from tests.cast import NOON, user_named
from tests.console.conftest import SignedIn

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def rows(signed_in: SignedIn) -> dict[str, int]:
    """Three accounts of Rosa's, one with a person."""
    client = signed_in("rosa")
    for name, state in (("Alpha Haul", "TX"), ("Beta Freight", "OK"), ("Gamma Lines", "TX")):
        client.post("/accounts/new", {"name": name, "state": state, "fleetSize": "12"})
    CustomField.objects.create(
        entity="account", key="tier", label="Tier", kind="choice", choices=["gold"], created_at=NOON
    )
    found = dict(Account.objects.values_list("name", "pk"))
    Contact.objects.create(
        account_id=found["Alpha Haul"], name="Ann Lee", role="owner", created_at=NOON, updated_at=NOON
    )
    Account.objects.filter(name="Alpha Haul").update(custom={"tier": "gold"})
    return found


def page(client: Client, path: str, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200
    return str(answer.content.decode())


def listed(html: str) -> list[str]:
    return re.findall(r'data-open(?: title="[^"]*")?>([^<]+)</a>', html)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sort=name", ["Alpha Haul", "Beta Freight", "Gamma Lines"]),
        ("sort=name&direction=desc", ["Gamma Lines", "Beta Freight", "Alpha Haul"]),
        ("sort=name&state=TX", ["Alpha Haul", "Gamma Lines"]),
        ("sort=name&state=TX&state=OK&q=freight", ["Beta Freight"]),
        ("c.tier.is=gold", ["Alpha Haul"]),
        ("hasContact=true", ["Alpha Haul"]),
        ("createdAfter=today&owner=me&sort=name&minFleet=12", ["Alpha Haul", "Beta Freight", "Gamma Lines"]),
    ],
)
def test_the_address_says_what_is_shown(
    signed_in: SignedIn, rows: dict[str, int], query: str, names: list[str]
) -> None:
    assert listed(page(signed_in("rosa"), f"/accounts/?{query}")) == names


def test_filters_that_hold_are_chips_that_can_be_taken_off(signed_in: SignedIn, rows: dict[str, int]) -> None:
    html = page(signed_in("rosa"), "/accounts/?state=TX&c.tier.is=gold&isSpike=false")
    for said in ("State: Texas", "Tier is gold", "Spike: no"):
        assert f"Remove the filter: {said}" in html
    assert "?state=TX&amp;isSpike=false" in html


def test_columns_are_picked_and_ordered(signed_in: SignedIn, rows: dict[str, int]) -> None:
    html = page(signed_in("rosa"), "/accounts/?columns=city&columns=custom.tier&columns=name")
    head = html[html.index("<thead>") : html.index("</thead>")]
    assert re.findall(r">([A-Z]\w+)<", head) == ["City", "Tier", "Account"]
    assert "gold" in html[html.index("<tbody>") :]


def test_a_page_of_many_goes_on(signed_in: SignedIn, rows: dict[str, int]) -> None:
    Account.objects.bulk_create(
        Account(name=f"More {number:03d}", created_at=NOON, updated_at=NOON) for number in range(60)
    )
    client = signed_in("rosa")
    html = page(client, "/accounts/?sort=name")
    more = re.search(r'hx-get="([^"]*cursor=[^"]*)"', html)
    assert more is not None
    rest = page(client, more[1].replace("&amp;", "&"), headers=HTMX)
    assert "<thead>" not in rest
    assert len(listed(html)) + len(listed(rest)) == 63


def test_groups_show_their_counts_and_the_first_ones_rows(signed_in: SignedIn, rows: dict[str, int]) -> None:
    html = page(signed_in("rosa"), "/accounts/?group=state&sort=name")
    assert re.findall(r"</svg>(Texas|Oklahoma)</a> <span[^>]*>(\d)", html) == [("Oklahoma", "1"), ("Texas", "2")]
    assert listed(html) == ["Beta Freight"]
    path = re.findall(r'hx-get="([^"]*part=rows[^"]*)"', html)[0].replace("&amp;", "&")
    assert listed(page(signed_in("rosa"), path, headers=HTMX)) == ["Alpha Haul", "Gamma Lines"]


def saved_view(client: Client, **given: Any) -> SavedView:
    state = {
        "filters": {"state": ["TX"]},
        "sort": "name",
        "direction": None,
        "columns": ["name", "state"],
        "groupBy": "",
    }
    client.post("/accounts/views", {"do": "new", "name": "Texas", "state": json.dumps(state)} | given)
    return SavedView.objects.get(name=given.get("name", "Texas"))


def test_a_view_is_saved_opened_changed_and_removed(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client = signed_in("rosa")
    view = saved_view(client, shared="1")
    html = page(client, f"/accounts/?view={view.pk}")
    assert listed(html) == ["Alpha Haul", "Gamma Lines"]
    assert 'name="edited" value="1"' in html
    changed = page(client, f"/accounts/?view={view.pk}&edited=1&state=OK&sort=name")
    assert listed(changed) == ["Beta Freight"]
    assert "Save these changes to the view" in changed
    state = re.search(r'name="state" value="({[^"]+)"', changed)
    assert state is not None
    given = {"do": "change", "view": view.pk, "version": 1, "state": state[1].replace("&#34;", '"')}
    assert client.post("/accounts/views", given).status_code == 302
    assert listed(page(client, f"/accounts/?view={view.pk}")) == ["Beta Freight"]
    assert ">Texas</span>" in page(signed_in("vera"), "/accounts/")
    client.post("/accounts/views", {"do": "remove", "view": view.pk})
    assert ">Texas</span>" not in page(client, "/accounts/")


def test_the_list_opens_with_ones_first_view(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client = signed_in("rosa")
    view = saved_view(client)
    client.post("/accounts/views", {"do": "first", "view": view.pk})
    assert len(listed(page(client, "/accounts/"))) == 2
    assert len(listed(page(client, "/accounts/?view=all"))) == 3
    assert len(listed(page(client, "/accounts/?q=lines"))) == 1


def test_a_view_of_things_that_are_gone_says_so(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client = signed_in("rosa")
    state = {"filters": {"custom": [{"key": "tier", "value": "gold"}]}, "columns": ["name", "custom.tier"]}
    view = saved_view(client, state=json.dumps(state))
    CustomField.objects.all().delete()
    html = page(client, f"/accounts/?view={view.pk}")
    assert "the custom field tier is gone" in html
    assert len(listed(html)) == 3


def test_a_cell_changes_in_place_and_the_row_comes_back(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client, key = signed_in("rosa"), rows["Alpha Haul"]
    field = page(client, f"/accounts/{key}/row?columns=name,status,fleetSize&edit=status", headers=HTMX)
    assert '<select class="select" name="value"' in field
    given = {"column": "status", "version": 1, "value": "client"}
    answer = client.post(f"/accounts/{key}/cell?columns=name,status", given, headers=HTMX)
    assert answer.status_code == 200
    assert "Client" in answer.content.decode()
    assert "Status saved." in answer.headers["HX-Trigger"]
    client.post(f"/accounts/{key}/cell", {"column": "fleetSize", "version": 2, "value": "1,250"}, headers=HTMX)
    assert Account.objects.get(pk=key).fleet_size == 1250


def test_the_second_of_two_sees_what_the_first_wrote_and_may_insist(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client, key = signed_in("rosa"), rows["Alpha Haul"]
    Account.objects.filter(pk=key).update(status="client", version=2)
    given = {"column": "status", "version": 1, "value": "not_a_fit"}
    answer = client.post(f"/accounts/{key}/cell?columns=name,status", given, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this row meanwhile" in html
    assert '<option value="not_a_fit" selected>' in html, "what was typed stays"
    assert re.search(r"Now: <span[^>]*>Client<", html)
    assert 'name="version" value="2"' in html
    client.post(f"/accounts/{key}/cell", given | {"version": 2}, headers=HTMX)
    assert Account.objects.get(pk=key).status == "not_a_fit"


def test_a_value_that_does_not_fit_stays_a_field_and_says_why(signed_in: SignedIn, rows: dict[str, int]) -> None:
    given = {"column": "fleetSize", "version": 1, "value": "many"}
    answer = signed_in("rosa").post(f"/accounts/{rows['Alpha Haul']}/cell?columns=fleetSize", given, headers=HTMX)
    assert answer.status_code == 422
    assert "Trucks needs a number." in answer.content.decode()


def test_an_owner_is_changed_in_place_by_managers(signed_in: SignedIn, rows: dict[str, int]) -> None:
    key, client = rows["Alpha Haul"], signed_in("max")
    given = {"column": "owner", "version": 1, "value": user_named("max").pk}
    assert client.post(f"/accounts/{key}/cell?columns=owner", given, headers=HTMX).status_code == 200
    assert Account.objects.get(pk=key).owner == user_named("max")
    assert signed_in("rosa").post(f"/accounts/{key}/cell", given | {"version": 2}, headers=HTMX).status_code == 403


def test_many_rows_change_at_once_with_a_way_back(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client = signed_in("max")
    given = {"id": [rows["Alpha Haul"], rows["Beta Freight"]], "status": "client", "addTags": "hot, vip",
             "ownerId": "none", "back": "/accounts/?state=TX"}  # fmt: skip
    answer = client.post("/accounts/bulk", given)
    assert answer["Location"] == "/accounts/?state=TX"
    undo = re.search(r"/undo/\d+", answer.cookies["toast"].value.replace("%2F", "/"))
    assert undo is not None
    assert Account.objects.filter(status="client", owner=None).count() == 2
    assert AccountTag.objects.count() == 4
    client.post(undo[0])
    assert Account.objects.filter(status="client").count() == 0
    assert AccountTag.objects.count() == 0


def test_all_that_match_change_even_those_on_other_pages(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client = signed_in("max")
    given = {"all": "1", "filters": json.dumps({"state": ["TX"]}), "expected": "2", "status": "client"}
    client.post("/accounts/bulk", given)
    assert set(Account.objects.filter(status="client").values_list("state", flat=True)) == {"TX"}
    assert client.post("/accounts/bulk", given | {"expected": "5"}).status_code == 409
    assert client.post("/accounts/bulk", {"status": "client"}).status_code == 422


def test_fields_of_the_firms_own_change_for_many(signed_in: SignedIn, rows: dict[str, int]) -> None:
    for entity, key, kind in (
        ("account", "lanes", "several"), ("account", "rate", "money"), ("account", "note", "text"),
        ("account", "own", "yes_no"), ("contact", "size", "text"),
    ):  # fmt: skip
        CustomField.objects.create(
            entity=entity, key=key, label=key.title(), kind=kind, choices=["I-35, north", "I-10"] * (kind == "several"),
            created_at=NOON,
        )  # fmt: skip
    client = signed_in("max")
    form = page(client, "/accounts/?view=all")
    for control in (
        'id="field-custom.tier-bulk"',
        'name="custom.lanes" value="I-35, north"',
        'id="field-custom.rate-bulk"',
    ):
        assert control in form
    assert "bulk-fields" not in page(signed_in("rosa"), "/accounts/?view=all")
    both = {"id": [rows["Beta Freight"], rows["Alpha Haul"]]}
    given = {"custom.lanes": ["I-35, north"], "custom.rate": "12.50", "custom.note": " ", "custom.own": "no",
             "custom.tier": ""}  # fmt: skip
    assert client.post("/accounts/bulk", both | given).status_code == 302
    told = {"lanes": ["I-35, north"], "rate": 1250, "own": False}
    assert Account.objects.get(name="Beta Freight").custom == told
    assert Account.objects.get(name="Alpha Haul").custom == told | {"tier": "gold"}
    client.post(
        "/accounts/bulk", both | {"clear": ["custom.rate", "custom.tier"], "custom.lanes": ["I-10", "I-35, north"]}
    )
    for name in ("Alpha Haul", "Beta Freight"):
        assert Account.objects.get(name=name).custom == {"lanes": ["I-35, north", "I-10"], "own": False}
    assert client.post("/accounts/bulk", both | {"custom.rate": "much"}).status_code == 422
    person = Contact.objects.get()
    assert "field-custom.size-bulk" in page(client, "/contacts/?view=all")
    client.post("/contacts/bulk", {"id": person.pk, "custom.size": "M"})
    assert Contact.objects.get().custom == {"size": "M"}


def test_the_list_comes_out_as_it_is_seen(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client = signed_in("max")
    query = "state=TX&sort=name&direction=desc&columns=name&columns=fleetSize"
    answer = client.get(f"/accounts/export.csv?{query}")
    assert b"".join(answer.streaming_content).decode().split() == [
        "Account,Trucks",
        "Gamma",
        "Lines,12",
        "Alpha",
        "Haul,12",
    ]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"/accounts/export.xlsx?{query}").streaming_content)))
    assert [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)] == [
        ["Gamma Lines", 12],
        ["Alpha Haul", 12],
    ]
    assert signed_in("rosa").get(f"/accounts/export.csv?{query}").status_code == 403
    assert client.get("/accounts/export.pdf").status_code == 422


def test_a_record_entered_from_a_filtered_list_is_shown_there_with_a_note(
    signed_in: SignedIn, rows: dict[str, int]
) -> None:
    client = signed_in("rosa")
    form = page(client, "/accounts/new?back=/accounts/%3Fstate%3DTX")
    assert 'name="back" value="/accounts/?state=TX"' in form
    answer = client.post("/accounts/new", {"name": "Out Of State", "state": "NM", "back": "/accounts/?state=TX"})
    html = page(client, answer["Location"])
    assert "Just entered." in html
    assert listed(html)[0] == "Out Of State"
    assert len(listed(html)) == 3
    elsewhere = client.post("/accounts/new", {"name": "Other", "back": "//evil.example/accounts"})
    assert elsewhere["Location"].startswith("/accounts/")


def test_people_have_a_list_of_their_own(signed_in: SignedIn, rows: dict[str, int]) -> None:
    client = signed_in("rosa")
    assert listed(page(client, "/contacts/")) == ["Ann Lee"]
    assert listed(page(client, "/contacts/?role=owner&accountState=TX&columns=name&columns=account")) == ["Ann Lee"]
    assert "No contact fits" in page(client, "/contacts/?hasEmail=true")
    answer = signed_in("max").post("/contacts/bulk", {"id": Contact.objects.get().pk, "isDecisionMaker": "true"})
    assert answer.status_code == 302
    assert Contact.objects.get().is_decision_maker


def test_a_viewer_sees_no_way_to_change(signed_in: SignedIn, rows: dict[str, int]) -> None:
    html = page(signed_in("vera"), "/accounts/")
    assert "cell-edit" not in html
    assert "export.csv" not in html
    assert signed_in("vera").post("/accounts/bulk", {"id": [1], "status": "client"}).status_code == 403


CLOSE = "Nothing is called exactly that; these are close."


def test_a_typo_shows_what_is_close_and_says_so_and_offers_no_change_of_all(rows: dict[str, int]) -> None:
    client = Client()
    client.force_login(user_named("max"))
    for path, words, name in (("/accounts/", "freigth", "Beta Freight"), ("/contacts/", "ann lea", "Ann Lee")):
        assert CLOSE not in page(client, f"{path}?q={name.lower()}")
        html = page(client, f"{path}?q={words}")
        assert CLOSE in html
        assert listed(html) == [name]
        assert "data-bulk-everything" not in html
    for path, words in (("/search", "freigth"), ("/tasks/new", "freigth"), ("/search", "ann lea")):
        assert CLOSE in page(client, f"{path}?q={words}")
    assert CLOSE not in page(client, "/search?q=freight")
    client.post("/accounts/new", {"name": "Whot Haulage"})
    found = page(client, "/search?q=what", headers=HTMX)
    assert (
        0
        < found.index("What-if</span>")
        < found.index("No record is called exactly that")
        < found.index("Whot Haulage")
    )
