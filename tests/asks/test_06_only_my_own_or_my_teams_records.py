"""A rep sees their own accounts, or their team's, on every read and every write; the rest is not found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.accounts.preferences import Visibility
from headhaul.actions import dispatch
from headhaul.activities.models import Activity, Alert
from headhaul.kernel import SYSTEM, Actor, AppError, Forbidden, InvalidData, NotFound, Role, Unavailable
from headhaul.kernel.actions import registry
from headhaul.preferences.services import values
from headhaul.security.actors import actor_of
from headhaul.security.models import Team, User
from tests.api.sampling import sample_data
from tests.factories.market import NOON, TODAY, carrier, person, signals

pytestmark = pytest.mark.django_db

SECRET = "Zyzzogeton"  # in everything that the other team has, and nowhere else
NUMBER, MAIL = "+13125550177", "zyzzogeton@zyzzogeton-lines.com"
FREE = {  # the register is public: it knows no accounts
    "getCarrier", "listSignals", "getSignal", "getSignalHistory", "getSignalSpikes", "explainSignal", "listCarriers",
    "simulateSignals", "getEnrichment",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """Rosa of the East with an account, Rick of the West with another; Eve is Rosa's colleague, Max leads the West."""

    rosa: Actor
    rick: Actor
    eve: Actor
    max: Actor
    ada: Actor
    hers: int
    his: int
    contact: int
    alert: int
    activity: int


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


@pytest.fixture
def world() -> World:
    carrier(101, legal_name="EAST FREIGHT")
    carrier(102, legal_name=f"{SECRET} LINES")
    signals(TODAY, {"dot_number": 101, "score_hundredths": 7000}, {"dot_number": 102, "score_hundredths": 9000})
    east, west = (Team.objects.create(name=name, created_at=NOON) for name in ("East", "West"))
    names = {"Rosa": (Role.REP, east), "Eve": (Role.REP, east), "Rick": (Role.REP, west), "Max": (Role.MANAGER, west)}
    people = {name: person(name, role, team=team) for name, (role, team) in names.items()}
    hers = do("openFromSignal", people["Rosa"], dotNumber=101).account.id
    his = do("openFromSignal", people["Rick"], dotNumber=102).account.id
    joe = do("createContact", people["Rick"], accountId=his, name=f"Joe {SECRET}", phones=[{"number": NUMBER}],
             emails=[{"address": MAIL}])  # fmt: skip
    do("addTag", people["Rick"], accountId=his, tag=SECRET)
    common: dict[str, Any] = {"account_id": his, "created_at": NOON}
    alert = Alert.objects.create(kind="signal_spike", dot_number=102, day=TODAY, severity="low", text=SECRET, **common)
    activity = Activity.objects.create(
        type="note", subject=SECRET, happened_at=NOON, contact_id=joe.id, owner_id=people["Rick"].user_id, **common
    )
    ada = person("Ada", Role.ADMIN)
    return World(
        people["Rosa"], people["Rick"], people["Eve"], people["Max"], ada, hers, his, joe.id, alert.pk, activity.pk
    )


@pytest.fixture
def seeing(request: pytest.FixtureRequest) -> Iterator[str]:
    """How far reps and managers see."""
    reach = str(request.param)
    values.save(
        section=Visibility,
        values={"reps": reach, "managers": reach, "viewers": reach},
        expected_version=0,
        by=SYSTEM,
        at=datetime.now(UTC),
    )
    values.forget()
    yield reach
    values.forget()


def narrowings(world: World) -> dict[str, Any]:
    """What a payload may ask for, so that every read is pointed at what is not to be seen."""
    return {
        "account_id": world.his,
        "contact_id": world.contact,
        "alert_id": world.alert,
        "activity_id": world.activity,
        "dot_number": 102,
        "q": SECRET,
        "search": SECRET,
        "tag": SECRET.lower(),
        "user_id": world.rick.user_id,
        "owner_id": world.rick.user_id,
    }


def asked_for(name: str, world: World) -> list[dict[str, Any]]:
    """The data a read is asked with: as little as it takes, and each way of pointing at the other's records."""
    action = registry()[name]
    least = sample_data(name)
    asked = [least]
    for field, value in narrowings(world).items():
        if (info := action.input.model_fields.get(field)) is not None:
            asked.append(least | {info.alias or field: value})
    return asked


READS = [name for name, action in registry().items() if not action.writes and name not in FREE]


@pytest.mark.parametrize("seeing", ["own", "team"], indirect=True)
@pytest.mark.parametrize("name", READS)
def test_no_read_shows_what_belongs_to_others(world: World, seeing: str, name: str) -> None:
    for actor in (world.rosa, world.eve):
        for data in asked_for(name, world):
            with suppress(Forbidden, InvalidData, NotFound, Unavailable):
                said = json.dumps(do(name, actor, **data).model_dump(mode="json"))
                hidden = said.replace(json.dumps(data.get("q", "")), "")
                assert SECRET.lower() not in hidden.lower(), f"{name} {data}"
                assert NUMBER not in hidden, f"{name} {data}"


@pytest.mark.parametrize("seeing", ["own", "team"], indirect=True)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("getAccount", lambda w: {"accountId": w.his}),
        ("getAccount", lambda w: {"dotNumber": 102}),
        ("getContacts", lambda w: {"accountId": w.his}),
        ("getContact", lambda w: {"contactId": w.contact}),
        ("getSimilarAccounts", lambda w: {"accountId": w.his}),
        ("updateAccount", lambda w: {"accountId": w.his, "version": 1, "city": "Reno"}),
        ("takeAccount", lambda w: {"accountId": w.his}),
        ("addTag", lambda w: {"accountId": w.his, "tag": "mine"}),
        ("removeTag", lambda w: {"accountId": w.his, "tag": "mine"}),
        ("createContact", lambda w: {"accountId": w.his, "name": "Spy"}),
        ("updateContact", lambda w: {"contactId": w.contact, "version": 1, "title": "x"}),
        ("removeContact", lambda w: {"contactId": w.contact}),
        ("setConsent", lambda w: {"contactId": w.contact, "channel": "email", "status": "opted_in", "source": "x"}),
        ("dismissAlert", lambda w: {"alertId": w.alert}),
    ],
)
def test_what_is_not_visible_is_not_found(
    world: World, seeing: str, name: str, data: Callable[[World], dict[str, Any]]
) -> None:
    for actor in (world.rosa, world.eve):
        with pytest.raises(NotFound) as refusal:
            do(name, actor, **data(world))
        assert SECRET.lower() not in refusal.value.message.lower()


@pytest.mark.parametrize("seeing", ["own", "team"], indirect=True)
def test_a_second_account_for_somebody_elses_carrier_is_refused_without_naming_it(world: World, seeing: str) -> None:
    for name in ("createAccount", "openFromSignal"):
        with pytest.raises(AppError, match="Somebody else has") as refusal:
            do(name, world.rosa, dotNumber=102)
        assert SECRET.lower() not in refusal.value.message.lower()


@pytest.mark.parametrize("seeing", ["team"], indirect=True)
def test_the_team_sees_what_one_of_them_owns(world: World, seeing: str) -> None:
    assert do("getAccount", world.eve, accountId=world.hers).name == "EAST FREIGHT"
    assert do("getAccount", world.max, accountId=world.his).owner.name == "Rick"
    with pytest.raises(NotFound):
        do("getAccount", world.max, accountId=world.hers)


@pytest.mark.parametrize("seeing", ["own"], indirect=True)
def test_alone_nobody_sees_a_colleagues(world: World, seeing: str) -> None:
    with pytest.raises(NotFound):
        do("getAccount", world.eve, accountId=world.hers)
    assert do("getAccount", world.rosa, accountId=world.hers).name == "EAST FREIGHT"
    assert do("getAccount", world.ada, accountId=world.hers).name == "EAST FREIGHT"


@pytest.mark.parametrize("seeing", ["own", "team"], indirect=True)
def test_what_nobody_owns_is_everybodys_and_is_counted(world: World, seeing: str) -> None:
    free = do("createAccount", world.ada, name="Nobody's Haulage", mine=False).id
    assert do("getAccount", world.rosa, accountId=free).owner is None
    for actor, count in ((world.rosa, 2), (world.ada, 3)):
        tiles = {item.key: item.value for item in do("getDashboardKPIs", actor).items}
        assert (tiles["targetAccounts"], tiles["unownedAccounts"]) == (count, 1)
        assert len(do("listAccounts", actor).items) == count


@pytest.mark.parametrize("seeing", ["own"], indirect=True)
def test_a_way_back_does_not_lead_past_the_fence(world: World, seeing: str) -> None:
    """Rosa changes her account, it goes to somebody else, and her undo is refused."""
    reply = dispatch(
        "updateAccount", {"accountId": world.hers, "version": 1, "city": "X"}, actor=world.rosa, at=NOON, door="http"
    )
    Account.objects.filter(pk=world.hers).update(owner_id=world.rick.user_id)
    with pytest.raises(AppError):
        dispatch("undoAction", {"undoId": reply.undo_id}, actor=world.rosa, at=NOON, door="http")
    assert Account.objects.get(pk=world.hers).city == "X"


@pytest.mark.parametrize("seeing", ["own", "team"], indirect=True)
def test_moving_to_another_team_moves_the_view_at_once(world: World, seeing: str) -> None:
    team = User.objects.get(pk=world.rick.user_id).team
    moved = User.objects.get(pk=world.eve.user_id)
    moved.team = team
    moved.save()
    if seeing == "team":
        assert do("getAccount", actor_of(moved), accountId=world.his).dot_number == 102
    else:
        with pytest.raises((NotFound, InvalidData)):
            do("getAccount", actor_of(moved), accountId=world.his)
