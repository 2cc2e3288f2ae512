"""The description says what there is, all of it, and a tool that does not know us agrees."""

from __future__ import annotations

import json
from typing import Any

import httpx
import jsonschema
import pytest

from headhaul.kernel.actions import registry


@pytest.fixture
def described(http: httpx.Client) -> dict[str, Any]:
    answer = http.get("/api/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def test_every_action_is_an_operation(described: dict[str, Any]) -> None:
    operations = {path.removeprefix("/api/actions/") for path in described["paths"] if path.startswith("/api/actions/")}
    assert operations == {name for name, action in registry().items() if not action.system_only}


def test_every_operation_declares_its_refusals_and_its_reply_name(described: dict[str, Any]) -> None:
    for name, action in registry().items():
        if action.system_only:
            continue
        responses = described["paths"][f"/api/actions/{name}"]["post"]["responses"]
        assert {"200", "400", "401", "403", "404", "409", "415", "422", "429", "500"} <= set(responses)
        schema = responses["200"]["content"]["application/json"]["schema"]
        assert schema["properties"]["action"] == {"const": action.reply}


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    text = json.dumps(described)
    references = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert references <= set(described["components"]["schemas"])


def test_every_schema_is_a_schema(described: dict[str, Any]) -> None:
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
