"""Actions over HTTP: envelopes, batches, keys, sessions, and clean refusals of whatever else comes in."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from headhaul.actions.models import AuditEntry
from headhaul.kernel.actions import registry
from headhaul.security.models import User
from tests.api.people import as_browser, as_expired_token, as_token, bearer
from tests.cast import user_named

NEW = {"email": "new@example.com", "role": "viewer"}


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The refusal's envelope, checked for its shape."""
    envelope: dict[str, Any] = answer.json()
    assert (answer.status_code, envelope["action"], envelope["code"]) == (status, "actionError", code)
    assert envelope["message"]
    assert envelope["requestId"] == answer.headers["X-Request-ID"]
    return envelope


def test_a_token_reads(http: httpx.Client) -> None:
    answer = http.post("/api/actions/listUsers", json={"limit": 1}, headers=as_token("ada"))
    assert answer.status_code == 200
    assert answer.json()["action"] == "usersLoaded"
    assert answer.json()["payload"]["items"][0]["email"] == "ada@example.com"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_envelope_names_the_action_beside_its_data(http: httpx.Client) -> None:
    answer = http.post("/api/actions", json={"action": "listUsers", "limit": 1}, headers=as_token("ada"))
    assert answer.json()["action"] == "usersLoaded"


def test_a_browser_writes_with_its_csrf_token_and_not_without(http: httpx.Client) -> None:
    without = http.post("/api/actions/createUser", json=NEW, headers=as_browser("ada", csrf=False))
    refused(without, 403, "forbidden")
    assert not User.objects.filter(email=NEW["email"]).exists()
    with_it = http.post("/api/actions/createUser", json=NEW, headers=as_browser("ada"))
    assert with_it.json()["action"] == "userCreated"
    assert User.objects.filter(email=NEW["email"]).exists()


def test_nobody_gets_in_and_is_told_how(http: httpx.Client) -> None:
    answer = http.post("/api/actions/listUsers", json={})
    refused(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer hh_nothing",
        "Basic YTpi",
        "hh_token",
        "Bearer \xe9",
        "Bearer a b",
        "Bearer " + "x" * 5000,
    ],
)
def test_what_is_not_a_token_is_refused(http: httpx.Client, header: str) -> None:
    answer = http.post("/api/actions/listUsers", json={}, headers=[(b"Authorization", header.encode("latin-1"))])
    refused(answer, 401, "unauthenticated")


def test_a_token_beside_a_session_is_what_counts(http: httpx.Client) -> None:
    headers = as_browser("ada") | bearer("hh_wrong")
    refused(http.post("/api/actions/listUsers", json={}, headers=headers), 401, "unauthenticated")


def test_an_expired_token_is_refused(http: httpx.Client) -> None:
    refused(http.post("/api/actions/listUsers", json={}, headers=as_expired_token("ada")), 401, "unauthenticated")


def test_deactivation_and_a_new_role_count_from_the_next_request_on(http: httpx.Client) -> None:
    token, browser = as_token("ada"), as_browser("ada")
    User.objects.filter(email="ada@example.com").update(role="viewer")
    for headers in (token, browser):
        refused(http.post("/api/actions/listUsers", json={}, headers=headers), 403, "forbidden")
    User.objects.filter(email="ada@example.com").update(role="admin", is_active=False)
    for headers in (token, browser):
        refused(http.post("/api/actions/listUsers", json={}, headers=headers), 401, "unauthenticated")


def test_the_request_id_of_a_proxy_is_kept_in_the_answer_and_the_audit(http: httpx.Client) -> None:
    headers = as_browser("ada") | {"X-Request-ID": "proxy-12345"}
    answer = http.post("/api/actions/createUser", json=NEW, headers=headers)
    assert answer.headers["X-Request-ID"] == "proxy-12345"
    assert AuditEntry.objects.get().request_id == "proxy-12345"


def test_the_same_key_gives_the_same_reply(http: httpx.Client) -> None:
    target = user_named("rosa")
    headers = as_browser("ada") | {"Idempotency-Key": "once"}
    data = {"userId": target.pk, "role": "manager"}
    first = http.post("/api/actions/setRole", json=data, headers=headers)
    again = http.post("/api/actions/setRole", json=data, headers=headers)
    assert first.content == again.content
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    other = http.post("/api/actions/setRole", json=data | {"role": "viewer"}, headers=headers)
    refused(other, 409, "conflict")


def test_a_list_is_answered_by_a_list(http: httpx.Client) -> None:
    items = [{"action": "listUsers"}, {"action": "noSuchThing"}, {"action": "listUsers", "limit": 0}]
    answer = http.post("/api/actions", json=items, headers=as_token("ada"))
    assert answer.status_code == 200
    assert [item.get("code", item["action"]) for item in answer.json()] == [
        "usersLoaded",
        "unknown_action",
        "invalid_data",
    ]


def test_an_atomic_batch_is_all_or_none(http: httpx.Client) -> None:
    new = {"action": "createUser", **NEW}
    body = {"atomic": True, "actions": [new, {"action": "setRole", "userId": 10**9, "role": None}]}
    answer = http.post("/api/actions", json=body, headers=as_browser("ada"))
    assert [item["code"] for item in answer.json()] == ["not_done", "not_found"]
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_the_catalogue_lists_every_action_and_says_what_you_may(http: httpx.Client) -> None:
    items = http.get("/api/actions", headers=as_token("vera")).json()["payload"]["items"]
    assert [item["name"] for item in items] == list(registry())
    allowed = {item["name"]: item["allowed"] for item in items}
    assert allowed["listUsers"] is False
    refused(http.get("/api/actions"), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"nonsense", 400),
        (b"\xff\xfe{\x00}\x00", 400),
        (b'{"limit": NaN}', 400),
        (b'{"limit": Infinity}', 400),
        (b'{"limit": ' + b"9" * 5000 + b"}", 400),
        (b'{"search": "\\ud800"}', 400),
        (b'{"search": "\xc3\x28"}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400),
        (b'{"a":' * 100 + b"1" + b"}" * 100, 422),
        (b'{"search": "a\\u0000b"}', 422),
        (b'{"limit": 1e999}', 422),
        (b'{"limit": 10000000000000000000000000}', 422),
        (b'{"limit": "50"}', 422),
        (b'{"limit": 50.5}', 422),
        (b'{"limit": true}', 422),
        (b'{"limit": null}', 422),
        (b'{"surplus": 1}', 422),
        (b'{"cursor": "nonsense"}', 422),
        (b'{"role": "emperor"}', 422),
        (b"[]", 422),
        (b"7", 422),
        (b'"text"', 422),
        (b"null", 422),
    ],
)
def test_bad_bodies_are_refused_cleanly(http: httpx.Client, body: bytes, status: int) -> None:
    headers = as_token("ada") | {"Content-Type": "application/json"}
    answer = http.post("/api/actions/listUsers", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["action"] == "actionError"


@pytest.mark.parametrize(
    "body",
    [
        b"7",
        b"null",
        b"{}",
        b'{"action": 7}',
        b'{"action": ["listUsers"]}',
        b"[]",
        b'{"actions": 1}',
        b'{"actions": [], "atomic": 1}',
        b'{"actions": [{}], "surplus": 1}',
        b'{"actions": []}',
    ],
)
def test_bad_envelopes_are_refused_cleanly(http: httpx.Client, body: bytes) -> None:
    headers = as_token("ada") | {"Content-Type": "application/json"}
    refused(http.post("/api/actions", content=body, headers=headers), 422, "invalid_data")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"])
def test_only_json_is_read(http: httpx.Client, kind: str) -> None:
    headers = as_token("ada") | {"Content-Type": kind}
    refused(http.post("/api/actions/listUsers", content=b"{}", headers=headers), 415, "unsupported_media_type")


def test_a_huge_body_is_refused_before_it_is_parsed(http: httpx.Client) -> None:
    headers = as_token("ada") | {"Content-Type": "application/json"}
    body = json.dumps({"search": "x" * 3_000_000}).encode()
    refused(http.post("/api/actions/listUsers", content=body, headers=headers), 413, "too_large")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(http: httpx.Client, method: str) -> None:
    answer = http.request(method, "/api/actions/listUsers", headers=as_token("ada"))
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/actions/", "/api/actions/a/b", "/api/v1/users"]
)
def test_unknown_addresses_answer_in_envelopes(http: httpx.Client, path: str) -> None:
    refused(http.post(path, json={}, headers=as_token("ada")), 404, "not_found")


@pytest.mark.parametrize("name", ["noSuchAction", "list%20users", "%00", "é", "a" * 3000, "__class__", "..%2f..%2f"])
def test_unknown_actions_are_refused(http: httpx.Client, name: str) -> None:
    answer = http.post(f"/api/actions/{name}", json={}, headers=as_token("ada"))
    assert answer.status_code == 404
    assert answer.json()["action"] == "actionError"


def test_the_limit_per_minute_is_told_with_the_time_to_wait(http: httpx.Client) -> None:
    settings = {"section": "limits", "expectedVersion": 0, "values": {"tokenActionsPerMinute": 5}}
    assert http.post("/api/actions/saveSettings", json=settings, headers=as_browser("ada")).status_code == 200
    headers = as_token("rosa")
    if (gone := time.time() % 60) > 45:
        time.sleep(61 - gone)  # all twelve fall into one minute
    answers = [http.post("/api/actions/listUsers", json={}, headers=headers) for _ in range(12)]
    assert {answer.status_code for answer in answers} == {403, 429}
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    refused(answers[-1], 429, "too_many_requests")
