"""Lists, edits, owners, tags and tallies of accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.choices import AccountSource
from headhaul.accounts.errors import AccountExists, AccountIsOwned, NoSuchOwner, StaleAccount
from headhaul.accounts.models import Account, FieldChange
from headhaul.accounts.selectors.tallies import by_status, unowned_prospects
from headhaul.accounts.services import scores
from headhaul.accounts.services.opening import open_from_signal
from headhaul.accounts.services.ownership import reps_by_load
from headhaul.actions import dispatch
from headhaul.kernel import SYSTEM, Actor, Forbidden, InvalidData, NotFound, Role
from tests.factories.market import NOON, TODAY, carrier, person, signals

pytestmark = pytest.mark.django_db


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


def names(page: Any) -> list[str]:
    return [item.name for item in page.items]


@pytest.fixture
def market(rosa: Actor) -> None:
    """Twelve accounts; the odd ones are Rosa's, the score falls with the number, the last two have none."""
    for dot in range(1, 13):
        state = "TX" if dot <= 6 else "PA"
        carrier(dot, legal_name=f"Hauler {dot:02d}", phy_state=state, segment="regional" if dot % 3 else "small_fleet")
    signals(TODAY, *({"dot_number": dot, "score_hundredths": 9000 - 100 * dot} for dot in range(1, 11)))
    for dot in range(1, 13):
        open_from_signal(
            dot_number=dot,
            day=TODAY,
            owner_id=rosa.user_id if dot % 2 else None,
            source=AccountSource.AUTO_PROSPECTED,
            at=NOON - timedelta(days=dot),
            by=SYSTEM,
        )


@pytest.mark.parametrize("sort", ["score", "newest", "name"])
def test_every_sort_walks_all_accounts_once_page_by_page(market: None, vera: Actor, sort: str) -> None:
    seen, cursor = [], None
    while True:
        page = do("listAccounts", vera, sort=sort, limit=5, cursor=cursor)
        seen += names(page)
        if cursor is None:
            assert (page.total, page.total_is_exact) == (12, True)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"Hauler {dot:02d}" for dot in (*range(1, 11), *((12, 11) if sort == "score" else (11, 12)))]


@pytest.mark.parametrize(
    ("filters", "dots"),
    [
        ({"state": "pa"}, [7, 8, 9, 10, 12, 11]),
        ({"region": "mid_atlantic", "segment": "small_fleet"}, [9, 12]),
        ({"owner": "none", "state": "TX"}, [2, 4, 6]),
        ({"minScore": 88}, [1, 2]),
        ({"q": "ler 07"}, [7]),
        ({"q": "7"}, [7]),
        ({"q": "%"}, []),
        ({"status": ["client"]}, []),
        ({"source": "auto_prospected", "createdSince": "2026-11-18"}, [1, 2]),
    ],
)
def test_filters_narrow_the_list(market: None, vera: Actor, filters: dict[str, Any], dots: list[int]) -> None:
    assert [item.dot_number for item in do("listAccounts", vera, **filters).items] == dots


def test_my_accounts_are_mine(market: None, rosa: Actor, rick: Actor) -> None:
    assert len(do("listAccounts", rosa, owner="me").items) == 6
    assert do("listAccounts", rick, owner="me").items == []


def test_an_account_says_what_is_known_and_who_changed_it(market: None, rosa: Actor, vera: Actor) -> None:
    account = do("getAccount", vera, dotNumber=3)
    do("updateAccount", rosa, accountId=account.id, version=1, status="prospecting", fleetSize=55)
    changed = do("getAccount", vera, accountId=account.id)
    assert (changed.status, changed.fleet_size, changed.fleet_source) == ("prospecting", 55, "person")
    assert changed.changes[0].by in ("Rosa", "Headhaul")
    assert {(change.field, change.old, change.new) for change in changed.changes} >= {
        ("status", "target", "prospecting"),
        ("fleet_size", 40, 55),
    }


def test_a_stale_version_is_refused_and_changes_nothing(market: None, rosa: Actor) -> None:
    account = do("getAccount", rosa, dotNumber=3)
    do("updateAccount", rosa, accountId=account.id, version=1, city="HOUSTON")
    with pytest.raises(StaleAccount):
        do("updateAccount", rosa, accountId=account.id, version=1, city="AUSTIN")
    assert Account.objects.get(pk=account.id).city == "HOUSTON"


def test_writing_the_same_value_again_is_no_change(market: None, rosa: Actor) -> None:
    account = do("getAccount", rosa, dotNumber=3)
    do("updateAccount", rosa, accountId=account.id, version=1, state="TX")
    assert Account.objects.get(pk=account.id).version == 1


def test_an_account_by_hand_takes_blanks_from_the_census_and_refuses_a_second(rosa: Actor) -> None:
    carrier(77, legal_name="SEVEN SEVEN LLC")
    made = do("createAccount", rosa, dotNumber=77, city="PLANO")
    assert (made.name, made.city, made.segment, made.source) == ("SEVEN SEVEN LLC", "PLANO", "regional", "manual")
    with pytest.raises(AccountExists):
        do("createAccount", rosa, dotNumber=77)


def test_a_prospect_without_a_number_has_a_name_and_a_region(rosa: Actor) -> None:
    made = do("createAccount", rosa, name="  Startup Freight ", state="oh", mine=False)
    assert (made.name, made.region, made.dot_number, made.owner) == ("Startup Freight", "great_lakes", None, None)
    with pytest.raises(InvalidData):
        do("createAccount", rosa, state="OH")


def test_managers_assign_and_reps_take_what_nobody_has(market: None, rosa: Actor, rick: Actor, max_: Actor) -> None:
    free, taken = (Account.objects.get(dot_number=dot).pk for dot in (2, 1))
    assert do("takeAccount", rick, accountId=free).owner.id == rick.user_id
    with pytest.raises(AccountIsOwned):
        do("takeAccount", rick, accountId=taken)
    with pytest.raises(Forbidden):
        do("assignAccount", rick, accountId=taken, ownerId=rick.user_id)
    assert do("assignAccount", max_, accountId=taken, ownerId=rick.user_id).owner.id == rick.user_id
    assert do("assignAccount", max_, accountId=taken, ownerId=None).owner is None
    assert FieldChange.objects.filter(account_id=taken, field="owner").count() == 3


def test_only_people_who_work_accounts_can_own_them(market: None, vera: Actor, max_: Actor) -> None:
    account = Account.objects.get(dot_number=2).pk
    with pytest.raises(NoSuchOwner):
        do("assignAccount", max_, accountId=account, ownerId=vera.user_id)
    with pytest.raises(NoSuchOwner):
        do("assignAccount", max_, accountId=account, ownerId=4_000_000)


def test_a_tag_has_one_spelling_and_is_there_once(market: None, rosa: Actor) -> None:
    account = Account.objects.get(dot_number=2).pk
    do("addTag", rosa, accountId=account, tag="Hot  Lead")
    assert do("addTag", rosa, accountId=account, tag=" hot lead ").tags == ["hot lead"]
    assert [item.dot_number for item in do("listAccounts", rosa, tag="Hot Lead").items] == [2]
    assert do("removeTag", rosa, accountId=account, tag="HOT LEAD").tags == []
    with pytest.raises(InvalidData):
        do("addTag", rosa, accountId=account, tag="<script>")


def test_a_new_day_moves_scores_and_leaves_accounts_alone(market: None, vera: Actor) -> None:
    before = Account.objects.get(dot_number=12).version
    signals(TODAY + timedelta(days=1), {"dot_number": 12, "score_hundredths": 9900})
    assert scores.refresh(day=TODAY + timedelta(days=1)) == 11
    best = do("listAccounts", vera, limit=1).items[0]
    assert (best.dot_number, best.score) == (12, 99.0)
    assert Account.objects.get(dot_number=12).version == before
    assert scores.refresh(day=TODAY + timedelta(days=1)) == 0


def test_tallies_follow_every_change(market: None, rosa: Actor, rick: Actor) -> None:
    assert (by_status()["target"], unowned_prospects()) == (12, 6)
    Account.objects.filter(dot_number__in=[2, 4]).update(owner_id=rick.user_id)
    Account.objects.filter(dot_number=6).update(status="client")
    Account.objects.filter(dot_number=8).delete()
    assert by_status() == {"target": 10, "prospecting": 0, "client": 1, "former_client": 0, "not_a_fit": 0}
    assert unowned_prospects() == Account.objects.filter(owner=None, status="target").count() == 2


def test_reps_are_ranked_by_the_open_accounts_they_have(market: None, rosa: Actor, rick: Actor) -> None:
    person("Gone", Role.REP, is_active=False)
    assert reps_by_load() == [(rick.user_id, 0), (rosa.user_id, 6)]


def test_what_is_not_there_is_not_found(rosa: Actor) -> None:
    for name, data in (("getAccount", {"accountId": 5}), ("updateAccount", {"accountId": 5, "version": 1})):
        with pytest.raises(NotFound):
            do(name, rosa, **data)
