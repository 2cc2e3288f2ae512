"""Agents see and call what their token may, by the official client and by bare HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import httpx2
import pytest
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client

from headhaul.actions.models import AuditEntry
from headhaul.kernel.actions import registry
from tests.api.people import as_expired_token, as_token

Work = Callable[[ClientSession], Awaitable[Any]]


def as_agent(address: str, headers: dict[str, str], work: Work) -> Any:
    """What `work` gives, done in a session of the official client."""

    async def run() -> Any:
        async with (
            httpx2.AsyncClient(headers=headers) as client,
            streamable_http_client(f"{address}/mcp", http_client=client) as (read, write, *_),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await work(session)

    return asyncio.run(run())


def call(http: httpx.Client, method: str, headers: dict[str, str], **params: Any) -> httpx.Response:
    """One bare JSON-RPC message."""
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    accept = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    return http.post("/mcp", json=message, headers=headers | accept)


def test_an_admin_agent_sees_every_action_a_token_may_do(http: httpx.Client, address: str) -> None:
    headers = as_token("ada")
    tools = as_agent(address, headers, lambda session: session.list_tools()).tools
    closed = {a.name for a in registry().values() if a.people_only or a.system_only}
    assert {tool.name for tool in tools} == set(registry()) - closed
    hints = {tool.name: tool.annotations for tool in tools}
    assert (hints["listUsers"].read_only_hint, hints["listUsers"].destructive_hint) == (True, False)
    assert (hints["saveSettings"].read_only_hint, hints["saveSettings"].destructive_hint) == (False, True)


def test_a_scoped_agent_sees_its_scopes_only(http: httpx.Client, address: str) -> None:
    headers = as_token("ada", scopes=["listUsers"])
    tools = as_agent(address, headers, lambda session: session.list_tools()).tools
    assert [tool.name for tool in tools] == ["listUsers"]


def test_a_call_gives_structured_content(http: httpx.Client, address: str) -> None:
    headers = as_token("ada")
    result = as_agent(address, headers, lambda session: session.call_tool("listUsers", {"limit": 1}))
    assert not result.is_error
    assert result.structured_content["items"][0]["email"] == "ada@example.com"
    assert json.loads(result.content[0].text) == result.structured_content


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("listUsers", {"limit": "many"}, "invalid_data"),
        ("listUsers", {"surplus": 1}, "invalid_data"),
        ("noSuchTool", {}, "unknown_action"),
        ("createApiToken", {"name": "another"}, "forbidden"),
        ("revokeApiToken", {"tokenId": 10**9}, "not_found"),
    ],
)
def test_a_refusal_is_a_result_the_agent_can_read(
    http: httpx.Client, name: str, arguments: dict[str, Any], code: str
) -> None:
    result = call(http, "tools/call", as_token("ada"), name=name, arguments=arguments).json()["result"]
    assert result["isError"] is True
    assert json.loads(result["content"][0]["text"])["code"] == code


def test_a_write_is_audited_as_coming_from_an_agent(http: httpx.Client) -> None:
    headers = as_token("ada")
    arguments = {"section": "limits", "expectedVersion": 0, "values": {"uploadDays": 8}}
    meta = {"headhaul/idempotencyKey": "once"}
    for _ in range(2):
        answer = call(http, "tools/call", headers, name="saveSettings", arguments=arguments, _meta=meta)
        assert answer.json()["result"]["structuredContent"]["version"] == 1
    entry = AuditEntry.objects.get()
    assert (entry.door, entry.action, entry.actor) == ("mcp", "saveSettings", "ada@example.com")
    assert entry.token_id is not None


def test_bare_http_initializes_and_lists(http: httpx.Client) -> None:
    headers = as_token("vera")
    hello = call(
        http,
        "initialize",
        headers,
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "curl", "version": "8"},
    )
    assert hello.json()["result"]["serverInfo"]["name"] == "headhaul"
    assert "tools" in call(http, "tools/list", headers).json()["result"]


def test_nobody_and_ended_tokens_are_refused(http: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer hh_wrong"}, as_expired_token("ada")):
        answer = call(http, "tools/list", headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_names_we_do_not_answer_to_are_refused(http: httpx.Client, headers: dict[str, str]) -> None:
    answer = call(http, "tools/list", as_token("ada") | headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_are_no_sessions_to_open_or_close(http: httpx.Client, method: str) -> None:
    assert http.request(method, "/mcp", headers=as_token("ada")).status_code == 405


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"jsonrpc": "2.0"}', b"[" * 100_000, b"\xff"])
def test_bad_messages_are_refused_cleanly(http: httpx.Client, body: bytes) -> None:
    headers = as_token("ada") | {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    assert 400 <= http.post("/mcp", content=body, headers=headers).status_code < 500


def test_a_huge_message_is_refused(http: httpx.Client) -> None:
    answer = call(http, "tools/call", as_token("ada"), name="listUsers", arguments={"search": "x" * 3_000_000})
    assert answer.status_code == 413
