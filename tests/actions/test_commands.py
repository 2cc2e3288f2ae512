"""The door's commands do what they say, through dispatch like everybody else."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from headhaul.actions.models import AuditEntry
from headhaul.kernel import SYSTEM, AppError
from headhaul.kernel.actions import registry
from headhaul.security.models import ApiToken, User
from headhaul.security.services import tokens
from tests.actions.test_audit_chain import as_superuser
from tests.cast import PASSWORD, user_named

pytestmark = pytest.mark.django_db


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_the_catalogue_is_json_for_programs() -> None:
    listed = json.loads(run("actions", "--json"))
    assert [entry["name"] for entry in listed] == list(registry())
    entry = next(entry for entry in listed if entry["name"] == "setRole")
    assert (entry["reply"], entry["role"], entry["writes"]) == ("roleSet", "admin", True)
    assert entry["schema"]["properties"]["userId"]["type"] == "integer"


def test_the_catalogue_is_a_table_for_people() -> None:
    assert re.search(r"^setRole\s+roleSet\s+admin\s+writes\s+Give a user", run("actions"), re.MULTILINE)


def test_an_action_is_done_as_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    rosa = user_named("rosa")
    data = json.dumps({"userId": rosa.pk, "name": "Renamed"})
    assert json.loads(run("action", "sampleWrite", "--data", data, "--as", "rosa@example.com")) == {
        "action": "sampleWritten",
        "payload": {"name": "Renamed"},
    }
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.door) == ("rosa@example.com", "cli")


def test_a_refusal_is_printed_and_the_exit_code_says_so() -> None:
    user_named("vera")
    out = io.StringIO()
    with pytest.raises(SystemExit) as exit_code:
        call_command("action", "sampleWrite", "--data", '{"userId": 1}', "--as", "vera@example.com", stdout=out)
    assert exit_code.value.code == 1
    assert json.loads(out.getvalue())["code"] == "forbidden"


def test_data_that_is_not_json_is_said_to_be_so() -> None:
    with pytest.raises(CommandError, match="not valid JSON"):
        run("action", "sampleWrite", "--data", "{")


def test_a_token_is_created_printed_and_audited() -> None:
    rosa = user_named("rosa")
    secret = run("create_token", "rosa@example.com", "--days", "3", "--scope", "sampleRead,sampleWrite").strip()
    token = ApiToken.objects.get()
    actor = tokens.authenticate(secret=secret, at=token.created_at)
    assert (actor.user_id, actor.scopes) == (rosa.pk, frozenset({"sampleRead", "sampleWrite"}))
    assert AuditEntry.objects.get().actor == SYSTEM.label


def test_a_user_is_created_with_a_link_or_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/auth/password/reset/key/" in run("create_user", "new@example.com", "--role", "manager")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    run("create_user", "other@example.com", "--password")
    assert User.objects.get(email="new@example.com").role == "manager"
    assert User.objects.get(email="other@example.com").check_password(PASSWORD)
    with pytest.raises(AppError, match="exists already"):
        run("create_user", "new@example.com")


def test_the_audit_is_verified_and_a_break_is_named() -> None:
    run("create_user", "new@example.com")
    said = run("verify_audit", "--seal")
    assert "1 entries checked, 0 not yet sealed" in said
    head = re.search(r"\d+:[0-9a-f]{64}", said)
    assert head is not None
    assert "intact" in run("verify_audit", "--expect", head[0])
    as_superuser("UPDATE actions_auditentry SET actor = 'nobody'")
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit", stdout=out)
    assert f"BROKEN (changed): Entry {AuditEntry.objects.get().pk}" in out.getvalue()
