"""One language of filters: every condition finds what a plain loop over the rows would find."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import (
    Account,
    AccountPulse,
    AccountScore,
    AccountTag,
    Contact,
    ContactEmail,
    ContactPhone,
    CustomField,
)
from headhaul.actions import dispatch
from headhaul.kernel import Actor, InvalidData
from headhaul.security.models import Team
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


def account(name: str, *, tags: tuple[str, ...] = (), days: int = 0, score: int | None = None, **facts: Any) -> Account:
    """An account as the services leave one: with a pulse and a score. `days` ago was its last activity."""
    if "fleet_size" in facts:
        facts["fleet_source"] = "person"
    made = Account.objects.create(name=name, **{"created_at": NOON, "updated_at": NOON} | facts)
    AccountPulse.objects.update_or_create(account=made, defaults={"last_activity_at": NOON - timedelta(days=days)})
    AccountScore.objects.update_or_create(account=made, defaults={"score_hundredths": score, "is_spike": score == 9000})
    AccountTag.objects.bulk_create(AccountTag(account=made, tag=tag, created_at=NOON) for tag in tags)
    return made


def custom_field(key: str, kind: str, *, entity: str = "account", choices: tuple[str, ...] = ()) -> None:
    CustomField.objects.create(
        entity=entity, key=key, label=key.capitalize(), kind=kind, choices=list(choices), created_at=NOON
    )


@pytest.fixture
def fleet(rosa: Actor) -> None:
    """Four accounts that differ in everything."""
    custom_field("trailers", "number")
    custom_field("renewal", "date")
    custom_field("tier", "choice", choices=("gold", "silver"))
    custom_field("lanes", "several", choices=("i10", "i80"))
    custom_field("union", "yes_no")
    custom_field("note", "text")
    team = Team.objects.create(name="South", created_at=NOON)
    account(
        "Alpha",
        tags=("hot", "texas"),
        days=1,
        score=9000,
        state="TX",
        city="Austin",
        zip="78701",
        region="south_central",
        fleet_size=10,
        phone="(512) 555-0100",
        phone_key="+15125550100",
        email="a@alpha.example",
        domain="alpha.example",
        owner_id=rosa.user_id,
        custom={"trailers": 40, "renewal": "2027-01-01", "tier": "gold", "lanes": ["i10", "i80"], "union": True},
    )
    account(
        "Beta",
        tags=("hot",),
        days=40,
        score=5000,
        state="TX",
        city="Dallas",
        zip="75201",
        fleet_size=50,
        team=team,
        custom={"trailers": 5.5, "tier": "silver", "note": "Prefers =mornings%"},
        created_at=NOON - timedelta(days=90),
        updated_at=NOON - timedelta(days=60),
    )
    gamma = account("Gamma", tags=("cold",), days=3, state="PA", source="import", custom={"union": False})
    account("Delta", days=400, status="client", segment="regional", fleet_size=200, custom={"trailers": "many"})
    Contact.objects.create(account=gamma, name="Gail", created_at=NOON, updated_at=NOON)


CASES: list[tuple[dict[str, Any], str]] = [
    ({"team": "none", "owner": "none"}, "DG"),
    ({"owner": ["me", "none"]}, "ABDG"),
    ({"owner": "me"}, "A"),
    ({"city": "austin"}, "A"),
    ({"zip": "75"}, "B"),
    ({"state": "TX,PA"}, "ABG"),
    ({"state": ["none"]}, "D"),
    ({"region": ["south_central"]}, "A"),
    ({"minFleet": 11}, "BD"),
    ({"minFleet": 10, "maxFleet": 50}, "AB"),
    ({"tagsAny": ["cold", "texas"]}, "AG"),
    ({"tagsAll": ["hot", "texas"]}, "A"),
    ({"tagsNone": ["hot"]}, "DG"),
    ({"tag": "HOT"}, "AB"),
    ({"hasContact": True}, "G"),
    ({"hasContact": False}, "ABD"),
    ({"hasPhone": True}, "A"),
    ({"hasPhone": False, "hasEmail": False}, "BDG"),
    ({"lastActivityAfter": "2026-11-17"}, "AG"),
    ({"lastActivityBefore": "-30d"}, "BD"),
    ({"createdBefore": "2026-11-01"}, "B"),
    ({"createdAfter": "today"}, "ADG"),
    ({"updatedSince": "-7d"}, "ADG"),
    ({"source": "import"}, "G"),
    ({"isSpike": True}, "A"),
    ({"isSpike": False, "minScore": 10}, "B"),
    ({"q": "(512) 555-0100"}, "A"),
    ({"q": "www.alpha.example"}, "A"),
    ({"custom": [{"key": "trailers", "op": "atLeast", "value": 6}]}, "A"),
    ({"custom": [{"key": "trailers", "op": "atMost", "value": 40}]}, "AB"),
    ({"custom": [{"key": "trailers", "op": "is", "value": 5.5}]}, "B"),
    ({"custom": [{"key": "renewal", "op": "atLeast", "value": "2026-12-31"}]}, "A"),
    ({"custom": [{"key": "tier", "op": "is", "value": ["gold", "silver"]}]}, "AB"),
    ({"custom": [{"key": "tier", "op": "isNot", "value": "gold"}]}, "BDG"),
    ({"custom": [{"key": "lanes", "op": "contains", "value": "i80"}]}, "A"),
    ({"custom": [{"key": "union", "op": "is", "value": False}]}, "G"),
    ({"custom": [{"key": "union", "op": "isUnknown"}]}, "BD"),
    ({"custom": ["union:isKnown"]}, "AG"),
    ({"custom": ["trailers:atLeast:6", "tier:is:gold"]}, "A"),
    ({"custom": [{"key": "note", "op": "contains", "value": "=mornings%"}]}, "B"),
]


@pytest.mark.parametrize(("filters", "found"), CASES, ids=lambda given: str(given))
def test_a_filter_finds_what_it_says(fleet: None, rosa: Actor, filters: dict[str, Any], found: str) -> None:
    assert "".join(sorted(row.name[0] for row in do("listAccounts", rosa, **filters).items)) == found


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"custom": [{"key": "gone", "op": "is", "value": 1}]}, "custom.gone"),
        ({"custom": [{"key": "trailers", "op": "is", "value": "many"}]}, "custom.trailers"),
        ({"custom": [{"key": "note", "op": "atLeast", "value": "a"}]}, "custom.note"),
        ({"custom": [{"key": "tier", "op": "is", "value": "bronze"}]}, "custom.tier"),
        ({"custom": [{"key": "renewal", "op": "is", "value": "soon"}]}, "custom.renewal"),
        ({"custom": [{"key": "lanes", "op": "is", "value": []}]}, "custom.lanes"),
        ({"createdAfter": "2026-02-30"}, "createdAfter"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"sort": "colour"}, "sort"),
    ],
)
def test_what_does_not_fit_is_named(fleet: None, rosa: Actor, filters: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("listAccounts", rosa, **filters)
    assert field in refusal.value.fields


@pytest.mark.parametrize("direction", ["asc", "desc", None])
@pytest.mark.parametrize("sort", ["score", "newest", "name", "lastActivity", "fleetSize", "updated", "place"])
def test_every_sort_walks_all_rows_once_both_ways(fleet: None, rosa: Actor, sort: str, direction: str | None) -> None:
    seen, cursor = [], None
    while True:
        page = do("listAccounts", rosa, sort=sort, direction=direction, limit=1, cursor=cursor)
        seen += [row.name for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == ["Alpha", "Beta", "Delta", "Gamma"]
    if direction is not None:
        other = do("listAccounts", rosa, sort=sort, direction={"asc": "desc", "desc": "asc"}[direction]).items
        assert [row.name for row in other] == seen[::-1]


def test_sorts_say_what_they_mean(fleet: None, rosa: Actor) -> None:
    def first(sort: str, **more: Any) -> str:
        return str(do("listAccounts", rosa, sort=sort, **more).items[0].name)

    assert [first(sort) for sort in ("score", "lastActivity", "fleetSize", "name")] == [
        "Alpha",
        "Alpha",
        "Delta",
        "Alpha",
    ]
    assert first("lastActivity", direction="asc") == "Delta"
    assert first("place", state="TX", direction="desc") == "Beta"


def test_a_cursor_of_one_direction_is_refused_in_the_other(fleet: None, rosa: Actor) -> None:
    cursor = do("listAccounts", rosa, sort="name", limit=1).next_cursor
    with pytest.raises(InvalidData):
        do("listAccounts", rosa, sort="name", direction="desc", cursor=cursor)


def test_a_row_carries_what_columns_can_show(fleet: None, rosa: Actor) -> None:
    row = do("listAccounts", rosa, q="Alpha").items[0]
    assert (row.email, row.domain, row.zip) == ("a@alpha.example", "alpha.example", "78701")
    assert row.custom["lanes"] == ["i10", "i80"]
    assert row.last_activity_at == NOON - timedelta(days=1)
    assert do("listAccounts", rosa, q="Beta").items[0].team.name == "South"


@pytest.fixture
def people(fleet: None) -> None:
    """Two people at Alpha, one at Delta."""
    custom_field("size", "choice", entity="contact", choices=("s", "m"))
    alpha, delta = Account.objects.get(name="Alpha"), Account.objects.get(name="Delta")
    common = {"created_at": NOON, "updated_at": NOON}
    ann = Contact.objects.create(account=alpha, name="Ann", role="owner", is_decision_maker=True, custom={"size": "m"},
                                 **common)  # fmt: skip
    ContactEmail.objects.create(contact=ann, address="second@alpha.example")
    ContactEmail.objects.create(contact=ann, address="ann@alpha.example", is_primary=True)
    ContactPhone.objects.create(contact=ann, number="+15125550101", extension="7", is_primary=True)
    Contact.objects.create(account=alpha, name="Bob", has_left=True, **common)
    Contact.objects.create(
        account=delta, name="Dora", role="safety", **common | {"created_at": NOON - timedelta(days=9)}
    )


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, "Ann Bob Dora Gail"),
        ({"sort": "newest", "direction": "asc"}, "Dora Gail Ann Bob"),
        ({"q": "or"}, "Dora"),
        ({"q": "ANN@alpha.example"}, "Ann"),
        ({"q": "512-555-0101"}, "Ann"),
        ({"role": ["owner", "safety"]}, "Ann Dora"),
        ({"isDecisionMaker": True}, "Ann"),
        ({"hasLeft": True}, "Bob"),
        ({"hasEmail": True}, "Ann"),
        ({"hasPhone": False}, "Bob Dora Gail"),
        ({"accountStatus": ["client"]}, "Dora"),
        ({"accountSegment": ["regional"]}, "Dora"),
        ({"accountState": ["TX"]}, "Ann Bob"),
        ({"accountOwner": ["me"]}, "Ann Bob"),
        ({"accountTag": "texas"}, "Ann Bob"),
        ({"createdBefore": "2026-11-15"}, "Dora"),
        ({"custom": ["size:is:m"]}, "Ann"),
    ],
    ids=str,
)
def test_contacts_are_found_by_what_they_are_and_where_they_work(
    people: None, rosa: Actor, filters: dict[str, Any], found: str
) -> None:
    assert " ".join(row.name for row in do("listContacts", rosa, **filters).items) == found


def test_a_contact_is_listed_with_the_first_of_its_addresses(people: None, rosa: Actor) -> None:
    ann = do("listContacts", rosa, q="Ann").items[0]
    assert (ann.email, ann.phone, ann.phone_extension) == ("ann@alpha.example", "+15125550101", "7")
    assert (ann.account.name, ann.account.owner.name, ann.custom) == ("Alpha", "Rosa", {"size": "m"})


def groups(actor: Actor, **asked: Any) -> dict[str, int]:
    return {group.label: group.count for group in do("getListGroups", actor, **asked).groups}


def test_a_list_falls_into_groups_whose_filters_are_the_groups(fleet: None, rosa: Actor) -> None:
    for group_by in ("status", "owner", "segment", "state", "region", "team", "source", "custom.tier"):
        found = do("getListGroups", rosa, entity="accounts", filters={"minFleet": 10}, groupBy=group_by).groups
        assert sum(group.count for group in found) == 3
        for group in found:
            assert do("listAccounts", rosa, **group.filters).total == group.count
    assert groups(rosa, entity="accounts", groupBy="owner") == {"Rosa": 1, "Nobody": 3}
    assert groups(rosa, entity="accounts", groupBy="custom.tier") == {"gold": 1, "silver": 1, "Not known": 2}
    with pytest.raises(InvalidData):
        do("getListGroups", rosa, entity="accounts", groupBy="custom.trailers")


def test_contacts_fall_into_groups_too(people: None, rosa: Actor) -> None:
    assert groups(rosa, entity="contacts", groupBy="accountOwner") == {"Rosa": 2, "Nobody": 2}
    assert groups(rosa, entity="contacts", groupBy="role") == {"Owner": 1, "Safety": 1, "Unknown": 2}


def test_many_rows_are_counted_group_by_group_to_the_limit(
    fleet: None, rosa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headhaul.accounts.selectors.lists.groups.FEW", 2)
    monkeypatch.setattr("headhaul.accounts.selectors.lists.groups.COUNT_LIMIT", 2)
    found = do("getListGroups", rosa, entity="accounts", groupBy="owner").groups
    assert [(group.label, group.count, group.is_exact) for group in found] == [("Rosa", 1, True), ("Nobody", 2, False)]
    tiers = do("getListGroups", rosa, entity="accounts", groupBy="custom.tier").groups
    assert [(group.label, group.count) for group in tiers] == [("gold", 1), ("silver", 1), ("Not known", 2)]
