"""API tokens: shown once, kept as a hash, ended at once, never more than their user."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headhaul.actions import dispatch
from headhaul.actions.models import AuditEntry
from headhaul.kernel import Actor, ActorKind, Forbidden, InvalidData, NotFound, Role, Unauthenticated
from headhaul.security.models import ApiToken, User
from headhaul.security.services import tokens
from tests.cast import NOON, token_of, user_named

pytestmark = pytest.mark.django_db


def create(actor: Actor, **data: Any) -> Any:
    return dispatch("createApiToken", {"name": "report"} | data, actor=actor, at=NOON, door="console").payload


def test_the_secret_is_kept_nowhere(ada: Actor) -> None:
    made = create(ada)
    stored = ApiToken.objects.get()
    assert made.secret.startswith("hh_")
    assert len(made.secret) >= 46
    assert bytes(stored.digest) == hashlib.sha256(made.secret.encode()).digest()
    assert made.secret not in str(list(ApiToken.objects.values())) + str(list(AuditEntry.objects.values()))


def test_a_token_acts_for_its_user(ada: Actor) -> None:
    rosa = user_named("rosa")
    actor = tokens.authenticate(secret=create(ada, userId=rosa.pk, scopes=["search"]).secret, at=NOON)
    assert (actor.kind, actor.user_id, actor.role) == (ActorKind.TOKEN, rosa.pk, Role.REP)
    assert actor.scopes == frozenset({"search"})


def test_recognising_a_token_is_one_query(ada: Actor) -> None:
    secret = token_of(User.objects.get(pk=ada.user_id), at=NOON)
    tokens.authenticate(secret=secret, at=NOON)
    with CaptureQueriesContext(connection) as queries:
        tokens.authenticate(secret=secret, at=NOON + timedelta(seconds=30))
    assert len(queries) == 1


def test_use_is_noted_at_most_once_a_minute(ada: Actor) -> None:
    secret = token_of(User.objects.get(pk=ada.user_id), at=NOON)
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (100, 60), (121, 121)):
        tokens.authenticate(secret=secret, at=NOON + timedelta(seconds=seconds))
        assert ApiToken.objects.get().last_used_at == NOON + timedelta(seconds=noted)


def test_a_token_ends_when_it_expires_or_is_revoked(ada: Actor) -> None:
    made = create(ada, expiresInDays=10)
    tokens.authenticate(secret=made.secret, at=NOON + timedelta(days=9))
    with pytest.raises(Unauthenticated):
        tokens.authenticate(secret=made.secret, at=NOON + timedelta(days=10))
    dispatch("revokeApiToken", {"tokenId": made.token.id}, actor=ada, at=NOON, door="console")
    with pytest.raises(Unauthenticated):
        tokens.authenticate(secret=made.secret, at=NOON)


def test_a_role_taken_away_is_taken_from_the_tokens_too(ada: Actor) -> None:
    secret = token_of(user_named("max"), at=NOON)
    dispatch("setRole", {"userId": user_named("max").pk, "role": "viewer"}, actor=ada, at=NOON, door="console")
    assert tokens.authenticate(secret=secret, at=NOON).role is Role.VIEWER
    dispatch("deactivateUser", {"userId": user_named("max").pk}, actor=ada, at=NOON, door="console")
    with pytest.raises(Unauthenticated):
        tokens.authenticate(secret=secret, at=NOON)


@pytest.mark.parametrize("secret", ["", "hh_", "hh_" + "x" * 43, "x" * 46, "hh_\x00", "\ud7ff"])
def test_a_wrong_secret_is_nobody(db: None, secret: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.authenticate(secret=secret, at=NOON)


@pytest.mark.parametrize("days", [0, 366, -1])
def test_a_token_lives_a_year_at_most(ada: Actor, days: int) -> None:
    with pytest.raises(InvalidData):
        create(ada, expiresInDays=days)


@pytest.mark.parametrize(
    ("scopes", "said"),
    [(["noSuchAction"], "no such action"), (["createUser"], "people only"), (["listUsers"], "needs the role admin")],
)
def test_a_scope_nobody_could_use_is_refused(ada: Actor, scopes: list[str], said: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        create(ada, userId=user_named("rosa").pk, scopes=scopes)
    assert said in refusal.value.fields["scopes"]


def test_a_token_cannot_make_tokens(ada: Actor) -> None:
    program = tokens.authenticate(secret=token_of(User.objects.get(pk=ada.user_id), at=NOON), at=NOON)
    with pytest.raises(Forbidden, match="API tokens cannot"):
        create(program)


def test_there_is_no_token_for_somebody_who_is_not_there(ada: Actor) -> None:
    with pytest.raises(NotFound):
        create(ada, userId=10**12)


def test_tokens_are_listed_without_those_that_ended(ada: Actor) -> None:
    made = [create(ada, name=f"token {number}") for number in range(3)]
    dispatch("revokeApiToken", {"tokenId": made[0].token.id}, actor=ada, at=NOON, door="console")

    def listed(**data: Any) -> list[str]:
        reply = dispatch("listApiTokens", data, actor=ada, at=NOON, door="console")
        return [token.name for token in reply.payload.items]  # type: ignore[attr-defined]

    assert listed() == ["token 2", "token 1"]
    assert listed(includeEnded=True) == ["token 2", "token 1", "token 0"]
