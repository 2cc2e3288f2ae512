"""Every action for everybody: who may not is refused and changes nothing, who may is not refused for who they are.

Made from the registry, so that a new action is in it with the first line of its declaration.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from django.db import connection

from headhaul.actions.models import AuditEntry
from headhaul.kernel import Action, Role
from headhaul.kernel.actions import registry
from headhaul.security.models import ApiToken, User
from tests.api.people import as_browser, as_expired_token, as_token, bearer, browser_of
from tests.api.sampling import sample_data
from tests.cast import token_of, user_named

UNCOUNTED = (
    "actions_audit",
    "actions_rateuse",
    "actions_storedreply",
    "security_apitoken",
    "django_session",
    "config_cache",
)
SCOPES = ["getSettings", "revokeApiToken"]


def nobody() -> dict[str, str]:
    return {}


def without_role() -> dict[str, str]:
    return bearer(token_of(User.objects.create_user("newcomer@example.com", None)))


def of_an_unmapped_site_role() -> dict[str, str]:
    return browser_of(User.objects.create_user("site@example.com", None, site_role="administrator"))


def disabled() -> dict[str, str]:
    headers = as_token("ada")
    User.objects.filter(email="ada@example.com").update(is_active=False)
    return headers


def disabled_in_a_browser() -> dict[str, str]:
    headers = as_browser("ada")
    User.objects.filter(email="ada@example.com").update(is_active=False)
    return headers


def revoked() -> dict[str, str]:
    headers = as_token("ada")
    ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    return headers


def role_reaches(role: Role, *, by_token: bool) -> Callable[[Action], bool]:
    return lambda action: (
        role.rank >= action.role.rank and not action.system_only and not (by_token and action.people_only)
    )


def never(action: Action) -> bool:
    return False


PRINCIPALS = {
    "nobody": (nobody, never, 401),
    "a user without a role": (without_role, never, 403),
    "a user of an unmapped site role": (of_an_unmapped_site_role, never, 403),
    "a disabled user's token": (disabled, never, 401),
    "a disabled user's browser": (disabled_in_a_browser, never, 401),
    "an expired token": (lambda: as_expired_token("ada"), never, 401),
    "a revoked token": (revoked, never, 401),
    "a browser without CSRF token": (lambda: as_browser("ada", csrf=False), never, 403),
    "a scoped admin token": (lambda: as_token("ada", scopes=SCOPES), lambda action: action.name in SCOPES, 403),
    "a viewer's token": (lambda: as_token("vera"), role_reaches(Role.VIEWER, by_token=True), 403),
    "a viewer's browser": (lambda: as_browser("vera"), role_reaches(Role.VIEWER, by_token=False), 403),
    "a rep's token": (lambda: as_token("rosa"), role_reaches(Role.REP, by_token=True), 403),
    "a manager's token": (lambda: as_token("max"), role_reaches(Role.MANAGER, by_token=True), 403),
    "an admin's token": (lambda: as_token("ada"), role_reaches(Role.ADMIN, by_token=True), 403),
    "an admin's browser": (lambda: as_browser("ada"), role_reaches(Role.ADMIN, by_token=False), 403),
}


def fingerprint() -> dict[str, tuple[int, int]]:
    """How many rows each table holds, and what they hold."""
    tables = [
        name
        for name in connection.introspection.django_table_names(only_existing=True)
        if not name.startswith(UNCOUNTED)
    ]
    parts = [f"SELECT '{t}', count(*), coalesce(sum(hashtext(r::text)::bigint), 0) FROM {t} r" for t in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {name: (count, content) for name, count, content in cursor.fetchall()}


@pytest.mark.parametrize("who", PRINCIPALS)
def test_every_action_is_open_to_whom_it_should_be_and_closed_to_all_others(http: httpx.Client, who: str) -> None:
    knock, may, status = PRINCIPALS[who]
    user_named("ada")
    headers = knock()
    before = fingerprint()
    for action in registry().values():
        if may(action):
            continue
        refusals = AuditEntry.objects.filter(outcome="refused").count()
        answer = http.post(f"/api/actions/{action.name}", json=sample_data(action.name), headers=headers)
        said = f"{who}: {action.name} answered {answer.status_code} {answer.text[:200]}"
        assert answer.status_code == status, said
        known = status == 403 and who != "a browser without CSRF token"
        assert AuditEntry.objects.filter(outcome="refused").count() == refusals + (known and action.writes), said
    assert fingerprint() == before, f"what was refused to {who} changed something"
    for action in registry().values():
        if not may(action):
            continue
        answer = http.post(f"/api/actions/{action.name}", json=sample_data(action.name), headers=headers)
        said = f"{who}: {action.name} answered {answer.status_code} {answer.text[:200]}"
        assert answer.status_code < 500, said
        assert answer.status_code not in (401, 403), said


def test_the_declared_roles_agree_with_the_plan() -> None:
    """Administration is for administrators, whatever else is declared."""
    for name in (
        "listUsers",
        "setRole",
        "getAuditLog",
        "verifyAuditLog",
        "getSettings",
        "saveSettings",
        "createApiToken",
        "revokeApiToken",
    ):
        assert registry()[name].role is Role.ADMIN


def test_tokens_can_never_mint_tokens_nor_manage_users() -> None:
    assert {action.name for action in registry().values() if action.people_only} >= {
        "createApiToken",
        "createUser",
        "setRole",
        "deactivateUser",
        "reactivateUser",
    }
