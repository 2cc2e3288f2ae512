"""No action takes a field that it does not declare, by whichever way it is slipped in."""

from __future__ import annotations

import json

import httpx

from headhaul.kernel.actions import registry
from headhaul.security.models import User
from tests.api.people import as_browser
from tests.api.sampling import sample_data
from tests.api.test_permission_matrix import fingerprint

SLIPPED_IN = [
    *(
        "role",
        "siteRole",
        "site_role",
        "isActive",
        "is_active",
        "isSuperuser",
        "isStaff",
        "password",
        "email",
        "id",
        "pk",
    ),
    *("userId", "ownerId", "owner_id", "createdBy", "tenantId", "actor", "at", "door", "scopes", "tokenId", "version"),
    *("score", "aiScore", "consent", "approvedHash", "__class__", "__init__", "constructor", "prototype", "__proto__"),
    *("action_", "Role", "ROLE", "role ", "role\u200b", "$set", "limit[]", "or", "_connector", "_negated"),
]


def test_a_field_that_is_not_declared_is_refused_and_nothing_changes(http: httpx.Client) -> None:
    headers = as_browser("ada")
    no_limit = {
        "action": "saveSettings",
        "section": "limits",
        "expectedVersion": 0,
        "values": {"userActionsPerMinute": 0},
    }
    assert http.post("/api/actions", json=no_limit, headers=headers).is_success
    before = fingerprint()
    for declared in registry().values():
        if declared.system_only:
            continue  # closed to everybody who signs in
        known = {name for field, info in declared.input.model_fields.items() for name in (field, info.alias)}
        slipped_in = [field for field in SLIPPED_IN if field not in known]
        batch = [sample_data(declared.name) | {"action": declared.name, field: 1} for field in slipped_in]
        answers = http.post("/api/actions", json=batch, headers=headers).json()
        taken = [
            field for field, answer in zip(slipped_in, answers, strict=True) if answer.get("code") != "invalid_data"
        ]
        assert not taken, f"{declared.name} takes {taken}"
    assert fingerprint() == before


def test_what_stands_in_the_address_or_a_form_is_not_data(http: httpx.Client) -> None:
    headers = as_browser("ada")
    rosa = User.objects.create_user("rosa@example.com", None, role="rep")
    data = {"userId": rosa.pk, "role": "viewer"}
    answer = http.post("/api/actions/setRole?role=admin&userId=1", json=data, headers=headers)
    assert answer.json()["payload"]["role"] == "viewer"
    assert http.post("/api/actions/setRole", data={"role": "admin"}, headers=headers).status_code == 415


def test_of_a_field_given_twice_one_value_counts_for_all(http: httpx.Client) -> None:
    """The one that is checked is the one that is used."""
    headers = as_browser("ada") | {"Content-Type": "application/json"}
    rosa = User.objects.create_user("rosa@example.com", None, role="rep")
    body = f'{{"userId": {rosa.pk}, "role": "viewer", "role": "manager"}}'.encode()
    answer = http.post("/api/actions/setRole", content=body, headers=headers)
    assert answer.json()["payload"]["role"] == User.objects.get(pk=rosa.pk).role == json.loads(body)["role"]
