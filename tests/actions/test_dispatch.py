"""The road of an action: permission, validation, compliance, handler, audit, in this order."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.kernel import (
    ANONYMOUS,
    Actor,
    ActorKind,
    AppError,
    Conflict,
    Door,
    Failed,
    Forbidden,
    InvalidData,
    Role,
    Unauthenticated,
    Unavailable,
    UnknownAction,
)
from headhaul.security.models import User
from tests.cast import NOON, user_named

pytestmark = pytest.mark.django_db


def do(actor: Actor, action: str = "sampleWrite", /, *, door: Door = Door.HTTP, **data: Any) -> Any:
    given = {"userId": actor.user_id or 1, "name": "Renamed"} | data
    return dispatch(action, given, actor=actor, at=NOON, door=door, request_id="request-1")


def test_a_write_answers_under_its_reply_name(rosa: Actor) -> None:
    reply = do(rosa)
    assert reply.envelope() == {"action": "sampleWritten", "payload": {"name": "Renamed"}}
    assert reply.json() == b'{"action":"sampleWritten","payload":{"name":"Renamed"}}'


def test_a_write_leaves_one_audit_entry_with_names_but_no_values(rosa: Actor) -> None:
    do(rosa)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.outcome, entry.code, entry.at) == ("sampleWrite", "done", "", NOON)
    assert (entry.user_id, entry.actor, entry.role, entry.door) == (rosa.user_id, "rosa@example.com", "rep", "http")
    assert (entry.target_type, entry.target_id) == ("user", str(rosa.user_id))
    assert (entry.data_keys, entry.request_id) == (["name", "userId"], "request-1")


def test_a_read_leaves_no_audit_entry(vera: Actor) -> None:
    do(vera, "sampleRead")
    assert not AuditEntry.objects.exists()


def test_a_viewer_cannot_write_and_the_refusal_is_audited(vera: Actor) -> None:
    with pytest.raises(Forbidden, match="needs the role rep"):
        do(vera)
    entry = AuditEntry.objects.get()
    assert (entry.outcome, entry.code, entry.user_id) == ("refused", "forbidden", vera.user_id)
    assert User.objects.get(pk=vera.user_id).name == "Vera"


def test_nobody_is_told_apart_from_somebody_without_a_role(db: None) -> None:
    with pytest.raises(Unauthenticated):
        do(ANONYMOUS)
    with pytest.raises(Forbidden, match="no role yet"):
        do(Actor(kind=ActorKind.USER, user_id=user_named("vera").pk))


def test_a_token_without_the_scope_is_refused(rosa: Actor) -> None:
    token = Actor(kind=ActorKind.TOKEN, user_id=rosa.user_id, role=Role.REP, scopes=frozenset({"sampleRead"}))
    with pytest.raises(Forbidden, match="no scope for sampleWrite"):
        do(token)
    assert do(token, "sampleRead").name == "sampleRead"


def test_the_role_is_asked_before_the_data_is_looked_at(vera: Actor) -> None:
    with pytest.raises(Forbidden):
        do(vera, userId="not a number")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"userId": "12"}, "userId"),
        ({"userId": 1.5}, "userId"),
        ({"userId": True}, "userId"),
        ({"userId": None}, "userId"),
        ({"surplus": 1}, "surplus"),
        ({"name": ["a"]}, "name"),
    ],
)
def test_wrong_types_and_extra_fields_are_named(rosa: Actor, data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        do(rosa, **data)
    assert list(refusal.value.fields) == [field]
    assert AuditEntry.objects.get().code == "invalid_data"


def test_what_the_action_does_not_know_is_not_written_to_the_audit(rosa: Actor) -> None:
    with pytest.raises(InvalidData):
        do(rosa, **{"rosa@example.com": 1})
    assert AuditEntry.objects.get().data_keys == ["name", "userId"]


def test_a_form_may_send_numbers_as_text(rosa: Actor) -> None:
    assert do(rosa, door=Door.CONSOLE, userId=str(rosa.user_id)).payload.name == "Renamed"


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else "bottom"


@pytest.mark.parametrize(
    "bad", ["a\x00b", "\ud800", float("inf"), {"deep": "\x00"}, {"\x00": 1}, [["\udfff"]], nested(30)]
)
@pytest.mark.parametrize("door", [Door.HTTP, Door.CONSOLE])
def test_what_cannot_be_stored_is_refused_before_any_handler(rosa: Actor, bad: Any, door: Door) -> None:
    with pytest.raises(InvalidData):
        do(rosa, name=bad, door=door)


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_data_is_an_object(rosa: Actor, data: Any) -> None:
    with pytest.raises(InvalidData, match="JSON object"):
        dispatch("sampleWrite", data, actor=rosa, at=NOON, door="http")


@pytest.mark.parametrize("name", ["noSuchAction", "", "sampleWrite ", "SAMPLEWRITE", "a" * 10_000, "\x00"])
def test_an_unknown_action_is_refused_without_an_entry(rosa: Actor, name: str) -> None:
    with pytest.raises(UnknownAction):
        do(rosa, name)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("fault", "error", "outcome"),
    [
        ("conflict", Conflict, "refused"),
        ("duplicate", Conflict, "refused"),
        ("out of range", InvalidData, "refused"),
        ("contradiction", InvalidData, "refused"),
        ("timeout", Unavailable, "failed"),
        ("bug", Failed, "failed"),
    ],
)
def test_a_write_that_fails_changes_nothing_and_is_audited(
    rosa: Actor, fault: str, error: type[AppError], outcome: str
) -> None:
    with pytest.raises(error):
        do(rosa, fault=fault)
    assert User.objects.get(pk=rosa.user_id).name == "Rosa"
    entry = AuditEntry.objects.get()
    assert (entry.outcome, entry.code) == (outcome, error.code)
    assert (entry.target_type, entry.target_id) == ("user", str(rosa.user_id))


def test_a_bug_says_nothing_about_itself(rosa: Actor) -> None:
    with pytest.raises(Failed) as failure:
        do(rosa, fault="bug")
    assert "ZeroDivision" not in failure.value.message
    assert "a bug" not in failure.value.message


def test_a_bug_in_a_read_is_a_clean_failure_too(vera: Actor) -> None:
    with pytest.raises(Failed):
        do(vera, "sampleRead", fault="bug")
