"""Every write on an account can be taken back exactly, and a removed account comes back as it was."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.accounts.errors import AccountExists, HasRecords
from headhaul.accounts.models import Account, AccountTag, FieldChange
from headhaul.actions import dispatch
from headhaul.actions.services.undoing import UndoTooLate
from headhaul.activities.models import Alert
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.security.models import Team, User
from tests.factories.market import NOON, TODAY, carrier, signals

pytestmark = pytest.mark.django_db


def ask(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http")


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return ask(name, actor, **data).payload


def undo(reply: Any, actor: Actor) -> Any:
    return dispatch("undoAction", {"undoId": reply.undo_id}, actor=actor, at=NOON, door="http")


def facts(account_id: int, by: Actor) -> dict[str, Any]:
    detail = do("getAccount", by, accountId=account_id)
    return dict(detail.model_dump(exclude={"version", "updated_at", "changes"}))


@pytest.fixture
def account(rosa: Actor) -> int:
    """Of the census, with a fleet that it counted."""
    carrier(77, legal_name="SEVEN SEVEN LLC", email="OFFICE@SEVENSEVEN.COM", phone="(214) 555-0177")
    signals(TODAY, {"dot_number": 77})
    return int(do("openFromSignal", rosa, dotNumber=77).account.id)


CHANGES: list[dict[str, Any]] = [
    {"name": "Seven"},
    {"status": "client", "city": None, "phone": None},
    {"state": "PA"},
    {"state": None, "zip": None},
    {"fleetSize": 99},
    {"fleetSize": None},
    {"website": "https://sevenseven.com", "email": None},
    {"timezone": "America/New_York"},
    {"dotNumber": None},
    {"segment": "enterprise", "description": "Big\nplans", "region": "mountain"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: "-".join(change))
def test_a_change_is_taken_back_to_the_last_fact(account: int, rosa: Actor, change: dict[str, Any]) -> None:
    before = facts(account, rosa)
    reply = ask("updateAccount", rosa, accountId=account, version=1, **change)
    assert facts(account, rosa) != before
    back = undo(reply, rosa)
    assert facts(account, rosa) == before
    undo(back, rosa)
    assert facts(account, rosa) != before


def test_what_changes_nothing_leaves_nothing_to_take_back(account: int, rosa: Actor) -> None:
    reply = ask("updateAccount", rosa, accountId=account, version=1, city="DALLAS", fleetSize=40)
    assert reply.undo_id is None
    assert Account.objects.get().fleet_source == "fmcsa_census"


def test_a_created_account_goes_and_comes_back_with_tags_and_history(account: int, rosa: Actor, max_: Actor) -> None:
    do("addTag", rosa, accountId=account, tag="hot")
    Alert.objects.create(
        kind="signal_spike", dot_number=77, day=TODAY, severity="low", text="!", account_id=account, created_at=NOON
    )
    before, history = facts(account, rosa), FieldChange.objects.count()
    reply = ask("removeAccount", max_, accountId=account, version=1)
    assert (Account.objects.count(), AccountTag.objects.count(), Alert.objects.get().account_id) == (0, 0, None)
    with pytest.raises(NotFound):
        do("getAccount", rosa, accountId=account)
    undo(reply, max_)
    assert facts(account, rosa) == before
    assert (FieldChange.objects.count(), Alert.objects.get().account_id) == (history, account)


def test_creating_is_taken_back_unless_somebody_changed_it_since(rosa: Actor, max_: Actor) -> None:
    first, second = ask("createAccount", rosa, name="One"), ask("createAccount", rosa, name="Two")
    undo(first, rosa)
    do("updateAccount", max_, accountId=second.payload.id, version=1, city="Reno")
    with pytest.raises(UndoTooLate):
        undo(second, rosa)
    assert [each.name for each in Account.objects.all()] == ["Two"]


def test_what_hangs_on_an_account_keeps_it_and_is_named(account: int, rosa: Actor, max_: Actor) -> None:
    do("createContact", rosa, accountId=account, name="Joe")
    with pytest.raises(HasRecords, match="has 1 contact"):
        do("removeAccount", max_, accountId=account)
    assert Account.objects.exists()


def test_an_account_cannot_come_back_when_its_number_is_taken(account: int, rosa: Actor, max_: Actor) -> None:
    reply = ask("removeAccount", max_, accountId=account)
    do("createAccount", rosa, dotNumber=77)
    with pytest.raises(UndoTooLate):
        undo(reply, max_)
    assert Account.objects.count() == 1


def test_a_number_belongs_to_one_account(account: int, rosa: Actor) -> None:
    other = do("createAccount", rosa, name="Other")
    with pytest.raises(AccountExists):
        do("updateAccount", rosa, accountId=other.id, version=1, dotNumber=77)


def test_linking_a_carrier_brings_its_score(rosa: Actor) -> None:
    carrier(78)
    signals(TODAY, {"dot_number": 78, "score_hundredths": 6100})
    made = do("createAccount", rosa, name="Corner Haulage")
    assert do("updateAccount", rosa, accountId=made.id, version=1, dotNumber=78).score == 61.0


def test_owner_and_team_go_together_and_are_taken_back_together(account: int, rosa: Actor, max_: Actor) -> None:
    east, west = (Team.objects.create(name=name, created_at=NOON) for name in ("East", "West"))
    User.objects.filter(pk=max_.user_id).update(team=west)
    reply = ask("assignAccount", max_, accountId=account, ownerId=max_.user_id)
    assert Account.objects.get().team == west
    undo(reply, max_)
    assert (Account.objects.get().owner_id, Account.objects.get().team) == (rosa.user_id, None)
    do("assignAccount", max_, accountId=account, ownerId=max_.user_id, teamId=east.pk)
    assert Account.objects.get().team == east
    with pytest.raises(InvalidData):
        do("assignAccount", max_, accountId=account, ownerId=max_.user_id, teamId=10_000_000)


def test_taking_an_account_is_taken_back(account: int, rosa: Actor, max_: Actor) -> None:
    do("assignAccount", max_, accountId=account, ownerId=None)
    reply = ask("takeAccount", rosa, accountId=account)
    undo(reply, rosa)
    assert Account.objects.get().owner_id is None
    assert ask("takeAccount", rosa, accountId=account).undo_id is not None
    assert ask("takeAccount", rosa, accountId=account).undo_id is None


def test_tags_are_taken_back_only_where_they_moved(account: int, rosa: Actor) -> None:
    reply = ask("addTag", rosa, accountId=account, tag="Hot")
    assert ask("addTag", rosa, accountId=account, tag="hot").undo_id is None
    undo(reply, rosa)
    assert not AccountTag.objects.exists()
    assert ask("removeTag", rosa, accountId=account, tag="hot").undo_id is None


def test_keys_and_zone_follow_every_way_in(account: int, rosa: Actor) -> None:
    opened = Account.objects.get()
    assert (opened.phone_key, opened.domain, opened.email) == (
        "+12145550177",
        "sevenseven.com",
        "office@sevenseven.com",
    )
    assert (opened.timezone, opened.timezone_source, opened.timezone_confidence) == ("America/Chicago", "zip", "high")
    made = do("createAccount", rosa, name="X", phone="1-480-555-0100", website="www.x-haul.com", state="AZ")
    row = Account.objects.get(pk=made.id)
    assert (row.phone_key, row.domain) == ("+14805550100", "x-haul.com")
    assert (row.timezone, row.timezone_source, row.timezone_confidence) == ("America/Phoenix", "state", "low")
    do("updateAccount", rosa, accountId=made.id, version=1, zip="86001", phone="none", website=None)
    row.refresh_from_db()
    assert (row.phone_key, row.domain, row.timezone_source, row.timezone_confidence) == ("", "", "zip", "high")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "office"}, "email"),
        ({"website": "javascript://x.com/%0aalert(1)"}, "website"),
        ({"timezone": "Mars"}, "timezone"),
        ({"region": "atlantis"}, "region"),
        ({"name": "x" * 201}, "name"),
        ({"ownerId": 1}, None),
    ],
)
def test_what_does_not_fit_is_named(rosa: Actor, values: dict[str, Any], field: str | None) -> None:
    from headhaul.kernel import AppError

    with pytest.raises(AppError) as refusal:
        do("createAccount", rosa, **({"name": "X"} | values))
    assert field is None or field in refusal.value.fields
