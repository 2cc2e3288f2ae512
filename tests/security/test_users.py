"""Users: added by administrators, of whom there is always one left; sign-in finds the mapped role."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from headhaul.actions import dispatch
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound, Role
from headhaul.security.actors import actor_of
from headhaul.security.models import User
from tests.actions.test_idempotency import in_threads
from tests.cast import NOON, PASSWORD, actor_named, user_named

pytestmark = pytest.mark.django_db


def do(name: str, actor: Actor, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


def test_an_address_is_kept_in_one_spelling_and_once(ada: Actor) -> None:
    made = do("createUser", ada, email="Rosa.Reyes@Example.COM", role="rep", password=PASSWORD)
    assert made.user.email == "rosa.reyes@example.com"
    assert made.set_password_path is None
    with pytest.raises(Conflict):
        do("createUser", ada, email="rosa.reyes@EXAMPLE.com")
    assert User.objects.get_by_natural_key("ROSA.Reyes@example.com").check_password(PASSWORD)


def test_without_a_password_nobody_can_sign_in_yet(ada: Actor) -> None:
    made = do("createUser", ada, email="new@example.com")
    assert not User.objects.get(pk=made.user.id).has_usable_password()
    assert made.set_password_path.startswith("/auth/password/reset/key/")


@pytest.mark.parametrize(
    "email", ["", "rosa", "rosa@", "@example.com", "a b@example.com", "a@b", "a@b.c,d@e.fg", "a" * 250 + "@e.com"]
)
def test_what_is_no_address_is_refused(ada: Actor, email: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("createUser", ada, email=email)
    assert list(refusal.value.fields) == ["email"]


@pytest.mark.parametrize("password", ["short", "password1234", "x" * 129])
def test_a_weak_password_is_refused(ada: Actor, password: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("createUser", ada, email="new@example.com", password=password)
    assert list(refusal.value.fields) == ["password"]
    assert password not in refusal.value.message


def test_a_time_zone_that_does_not_exist_is_refused(ada: Actor) -> None:
    with pytest.raises(InvalidData):
        do("createUser", ada, email="new@example.com", timezone="Mars/Olympus")


@pytest.mark.parametrize("field", ["isActive", "is_active", "siteRole", "id", "isSuperuser", "lastLogin", "joinedAt"])
def test_nothing_beyond_the_declared_fields_can_be_set(ada: Actor, field: str) -> None:
    with pytest.raises(InvalidData):
        do("createUser", ada, email="new@example.com", **{field: 1})
    assert not User.objects.filter(email="new@example.com").exists()


def test_nobody_changes_their_own_access(ada: Actor) -> None:
    for action, data in (("setRole", {"role": "viewer"}), ("deactivateUser", {}), ("reactivateUser", {})):
        with pytest.raises(Conflict, match="your own access"):
            do(action, ada, userId=ada.user_id, **data)


def test_the_last_administrator_stays(ada: Actor) -> None:
    """Another administrator has signed in by an outer site and lost that role a moment ago."""
    visitor = actor_of(User.objects.create_user("visitor@example.com", None, site_role="super_admin"))
    User.objects.filter(pk=visitor.user_id).update(site_role="")
    for action, data in (("setRole", {"role": "viewer"}), ("setRole", {"role": None}), ("deactivateUser", {})):
        with pytest.raises(Conflict, match="last administrator"):
            do(action, visitor, userId=ada.user_id, **data)
    assert User.objects.get(pk=ada.user_id).role == "admin"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_the_same_moment() -> None:
    for _ in range(5):
        User.objects.all().delete()
        pair = [actor_named("ada"), actor_of(User.objects.create_user("eve@example.com", None, role="admin"))]
        in_threads(2, lambda n: do("setRole", pair[n], userId=pair[1 - n].user_id, role="viewer"))  # noqa: B023
        assert User.objects.filter(role="admin").count() == 1


@pytest.mark.parametrize(
    ("site_role", "role"),
    [
        ("admin", Role.ADMIN),
        ("super_admin", Role.ADMIN),
        ("ops_admin", Role.ADMIN),
        ("viewer", Role.VIEWER),
        ("administrator", None),
        ("superadmin", None),
        ("Admin", None),
        ("not_an_admin", None),
        ("", None),
    ],
)
def test_outer_roles_count_by_their_exact_names(db: None, site_role: str, role: Role | None) -> None:
    user = User.objects.create_user("site@example.com", None, site_role=site_role)
    assert actor_of(user).role is role


def test_an_own_role_counts_before_the_outer_one(ada: Actor) -> None:
    user = User.objects.create_user("site@example.com", None, role="rep", site_role="super_admin")
    assert actor_of(user).role is Role.REP
    do("setRole", ada, userId=user.pk, role=None)
    user.refresh_from_db()
    assert actor_of(user).role is None


def test_a_deactivated_user_is_nobody(db: None) -> None:
    user = user_named("max")
    user.is_active = False
    assert not actor_of(user).is_authenticated


def test_the_database_knows_the_roles_and_the_spelling(db: None) -> None:
    for change in ({"role": "emperor"}, {"email": "UPPER@example.com"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user_named("max").pk).update(**change)


def test_users_are_listed_page_by_page_and_filtered(ada: Actor) -> None:
    for name in ("vera", "rosa", "max"):
        user_named(name)
    first = do("listUsers", ada, limit=3)
    rest = do("listUsers", ada, limit=3, cursor=first.next_cursor)
    emails = [user.email for user in first.items + rest.items]
    assert emails == sorted(emails) == ["ada@example.com", "max@example.com", "rosa@example.com", "vera@example.com"]
    assert (first.total, first.total_is_exact, rest.next_cursor) == (4, True, None)
    assert [user.name for user in do("listUsers", ada, search="RO").items] == ["Rosa"]
    assert [user.name for user in do("listUsers", ada, role="manager").items] == ["Max"]


def test_what_does_not_exist_is_not_found(ada: Actor) -> None:
    with pytest.raises(NotFound):
        do("setRole", ada, userId=10**12, role="viewer")
