"""Taking back what was done: by whoever did it, once, all or none, and itself to be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from headhaul.actions import dispatch, dispatch_batch
from headhaul.actions.models import AuditEntry, Reversal
from headhaul.actions.services import audit, undoing
from headhaul.actions.services.replies import Reply
from headhaul.actions.services.undoing import AlreadyUndone, UndoTooLate
from headhaul.kernel import Actor, Call, Door, Forbidden, InvalidData, NotFound, Payload, Result, Role
from headhaul.kernel import actions as kernel
from headhaul.kernel.actions import action
from headhaul.kernel.actors import ActorKind
from headhaul.security.models import User
from tests.cast import NOON, user_named

pytestmark = pytest.mark.django_db


class Renaming(Payload):
    """A user and a name; with `expected`, only while the name is that one."""

    user_id: int
    name: str
    expected: str | None = None


class Renamed(Result):
    """The name now."""

    name: str


def rename(call: Call, data: Renaming) -> Renamed:
    """Rename a user."""
    user = User.objects.select_for_update().get(pk=data.user_id)
    if data.expected is not None and user.name != data.expected:
        raise InvalidData("The name is another one by now.", fields={"name": user.name})
    call.undo_with("testRename", {"userId": user.pk, "name": user.name, "expected": data.name})
    User.objects.filter(pk=user.pk).update(name=data.name)
    return Renamed(name=data.name)


@pytest.fixture(autouse=True)
def _declared() -> Any:
    before = dict(kernel._registry)
    action(
        "testRename",
        reply="testRenamed",
        role=Role.REP,
        writes=True,
        undo="testRename",
        target=lambda given, answer: ("user", str(given.user_id)),
    )(rename)
    yield
    kernel._registry.clear()
    kernel._registry.update(before)


def do(name: str, data: dict[str, Any], actor: Actor, **more: Any) -> Reply:
    return dispatch(name, data, actor=actor, at=more.pop("at", NOON), door="job", **more)


def name_of(name: str) -> str:
    return User.objects.get(email=f"{name}@example.com").name


@pytest.fixture
def vera_id() -> int:
    return user_named("vera").pk


def test_what_was_done_is_taken_back_and_audited(rosa: Actor, vera_id: int) -> None:
    done = do("testRename", {"userId": vera_id, "name": "Verity"}, rosa)
    back = do("undoAction", {"undoId": done.undo_id}, rosa)
    assert name_of("vera") == "Vera"
    assert back.payload.model_dump() == {"undone": ["testRename"], "notes": []}
    assert list(AuditEntry.objects.order_by("id").values_list("action", "outcome")) == [
        ("testRename", "done"),
        ("testRename", "done"),
        ("undoAction", "done"),
    ]


def test_taking_back_can_be_taken_back(rosa: Actor, vera_id: int) -> None:
    done = do("testRename", {"userId": vera_id, "name": "Verity"}, rosa)
    back = do("undoAction", {"undoId": done.undo_id}, rosa)
    do("undoAction", {"undoId": back.undo_id}, rosa)
    assert name_of("vera") == "Verity"


def test_it_is_taken_back_once(rosa: Actor, vera_id: int) -> None:
    done = do("testRename", {"userId": vera_id, "name": "Verity"}, rosa)
    do("undoAction", {"undoId": done.undo_id}, rosa)
    with pytest.raises(AlreadyUndone):
        do("undoAction", {"undoId": done.undo_id}, rosa)


def test_a_later_change_stands_in_the_way(rosa: Actor, vera_id: int) -> None:
    done = do("testRename", {"userId": vera_id, "name": "Verity"}, rosa)
    do("testRename", {"userId": vera_id, "name": "Veronica"}, rosa)
    with pytest.raises(UndoTooLate, match="another one by now"):
        do("undoAction", {"undoId": done.undo_id}, rosa)
    assert name_of("vera") == "Veronica"


def test_a_rep_takes_back_only_what_they_did_and_a_manager_everything(rosa: Actor, max_: Actor, vera_id: int) -> None:
    done = do("testRename", {"userId": vera_id, "name": "Verity"}, max_)
    with pytest.raises(Forbidden, match="Somebody else"):
        do("undoAction", {"undoId": done.undo_id}, rosa)
    mine = do("testRename", {"userId": vera_id, "name": "Veronica"}, rosa)
    do("undoAction", {"undoId": mine.undo_id}, max_)
    assert name_of("vera") == "Verity"


def test_what_one_may_not_do_one_may_not_take_back(ada: Actor, max_: Actor, rosa: Actor) -> None:
    done = do("setRole", {"userId": rosa.user_id, "role": "viewer"}, ada)
    with pytest.raises(Forbidden, match="role admin"):
        do("undoAction", {"undoId": done.undo_id}, max_)
    token = replace(ada, kind=ActorKind.TOKEN, scopes=frozenset({"undoAction"}))
    with pytest.raises(Forbidden, match="API tokens cannot"):
        do("undoAction", {"undoId": done.undo_id}, token)
    back = do("undoAction", {"undoId": done.undo_id}, ada)
    with pytest.raises(Forbidden, match="role admin"):
        do("undoAction", {"undoId": back.undo_id}, max_)
    assert User.objects.get(pk=rosa.user_id).role == "rep"


def test_a_token_takes_back_what_its_scopes_allow(rosa: Actor, vera_id: int) -> None:
    done = do("testRename", {"userId": vera_id, "name": "Verity"}, rosa)
    narrow = replace(rosa, kind=ActorKind.TOKEN, scopes=frozenset({"undoAction"}))
    with pytest.raises(Forbidden, match="scope for testRename"):
        do("undoAction", {"undoId": done.undo_id}, narrow)
    do("undoAction", {"undoId": done.undo_id}, replace(narrow, scopes=frozenset({"undoAction", "testRename"})))
    assert name_of("vera") == "Vera"


def test_a_newer_role_or_team_is_not_overwritten(ada: Actor, rosa: Actor) -> None:
    team = do("saveTeam", {"name": "South"}, ada).payload.id
    for name, first, second in (
        ("setRole", {"role": "viewer"}, {"role": None}),
        ("setTeam", {"teamId": team}, {"teamId": None}),
    ):
        done = do(name, {"userId": rosa.user_id} | first, ada)
        do(name, {"userId": rosa.user_id} | second, ada)
        with pytest.raises(UndoTooLate, match="meanwhile"):
            do("undoAction", {"undoId": done.undo_id}, ada)
    assert User.objects.get(pk=rosa.user_id).role is None


def test_a_viewer_takes_nothing_back(vera: Actor, rosa: Actor, vera_id: int) -> None:
    done = do("testRename", {"userId": vera_id, "name": "Verity"}, rosa)
    with pytest.raises(Forbidden):
        do("undoAction", {"undoId": done.undo_id}, vera)


def test_a_batch_is_taken_back_in_reverse_or_not_at_all(rosa: Actor, vera_id: int) -> None:
    batch = [{"action": "testRename", "userId": vera_id, "name": name} for name in ("One", "Two", "Three")]
    dispatch_batch(batch, actor=rosa, at=NOON, door="job")
    batch_id = AuditEntry.objects.latest("id").batch_id
    later = do("testRename", {"userId": vera_id, "name": "Later"}, rosa)
    with pytest.raises(UndoTooLate):
        do("undoAction", {"batchId": batch_id}, rosa)
    assert (name_of("vera"), Reversal.objects.exclude(undone_at=None).count()) == ("Later", 0)
    do("undoAction", {"undoId": later.undo_id}, rosa)
    do("undoAction", {"batchId": batch_id}, rosa)
    assert name_of("vera") == "Vera"


def test_after_thirty_days_it_is_too_late_and_the_way_back_is_forgotten(rosa: Actor, vera_id: int) -> None:
    done = do("testRename", {"userId": vera_id, "name": "Verity"}, rosa)
    late = NOON + undoing.KEPT_FOR + timedelta(seconds=1)
    with pytest.raises(UndoTooLate, match="30 days"):
        do("undoAction", {"undoId": done.undo_id}, rosa, at=late)
    assert undoing.prune(at=late) == 1
    with pytest.raises(NotFound):
        do("undoAction", {"undoId": done.undo_id}, rosa, at=late)


@pytest.mark.parametrize("data", [{}, {"undoId": 1, "batchId": "x"}])
def test_it_asks_what_to_take_back(rosa: Actor, data: dict[str, Any]) -> None:
    with pytest.raises(InvalidData, match="what to take back"):
        do("undoAction", data, rosa)


def test_a_repeated_key_gives_the_same_way_back(rosa: Actor, vera_id: int) -> None:
    data = {"userId": vera_id, "name": "Verity"}
    first = do("testRename", data, rosa, idempotency_key="k1")
    again = do("testRename", data, rosa, idempotency_key="k1")
    assert (again.replayed, again.undo_id) == (True, first.undo_id)


def test_a_refused_write_leaves_nothing_to_take_back(rosa: Actor, vera_id: int) -> None:
    with pytest.raises(InvalidData):
        do("testRename", {"userId": vera_id, "name": "x", "expected": "nobody"}, rosa)
    assert not Reversal.objects.exists()


def test_only_declared_actions_take_back(rosa: Actor, vera_id: int) -> None:
    def sly(call: Call, data: Renaming) -> Renamed:
        """Note something that was not declared."""
        call.undo_with("setRole", {"userId": data.user_id, "role": "admin"})
        return Renamed(name=data.name)

    action("testSly", reply="testSlyDone", role=Role.REP, writes=True, undo="testRename")(sly)
    call = Call(actor=rosa, at=NOON, door=Door.JOB, request_id="r")
    given = Renaming(user_id=vera_id, name="x")
    sly_action: Any = kernel.find("testSly")
    with pytest.raises(TypeError, match="setRole"):
        audit.record_done(sly_action, call, given, sly(call, given), keys=[])


@pytest.mark.parametrize("declared", [{}, {"undo": "testRename", "final": "no"}])
def test_a_write_says_how_it_is_taken_back_or_why_not(declared: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="names its `undo`"):
        action("testOpen", reply="testOpened", role=Role.REP, writes=True, **declared)(rename)
