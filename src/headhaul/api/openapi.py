"""The OpenAPI description, made from the registry: every action is an operation, every refusal is declared.

Written out here rather than by a framework: the actions share one route and one parser, so that the description
and the behaviour come from the same pydantic models without a second validation on the way.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from headhaul.actions.services.catalogue import Catalogue
from headhaul.actions.services.uploads import UploadView
from headhaul.kernel import Action
from headhaul.kernel.actions import registry

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"

REFUSALS = {
    400: "The body is not valid JSON or form data.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "The role or the token's scopes do not reach.",
    404: "There is no such action, or not what it names.",
    408: "The body did not arrive in time.",
    409: "Somebody else was first, or the idempotency key was used with other data.",
    411: "An upload has to say its length.",
    413: "The body is too large.",
    415: "The content type is not accepted.",
    422: "The data does not fit; `fields` says where.",
    429: "Too many actions in this minute; `Retry-After` says when to come back.",
    451: "A rule about reaching people says no.",
    500: "Something broke on our side; nothing was changed.",
    503: "Part of the system does not answer now; nothing was changed.",
}
_ERROR: Schema = {
    "type": "object",
    "required": ["action", "code", "message", "requestId"],
    "additionalProperties": False,
    "properties": {
        "action": {"const": "actionError"},
        "code": {"type": "string", "examples": ["invalid_data"]},
        "message": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
        "requestId": {"type": "string"},
    },
}
_REQUEST: Schema = {
    "type": "object",
    "required": ["action"],
    "properties": {"action": {"type": "string", "description": "The name; its data stands beside it."}},
    "additionalProperties": True,
}
_UNDO_ID: Schema = {
    "type": "integer",
    "description": "What undoAction takes to take this back; not there when nothing can.",
}
_SUCCESS: Schema = {
    "type": "object",
    "required": ["action", "payload"],
    "additionalProperties": False,
    "properties": {"action": {"type": "string"}, "payload": {"type": "object"}, "undoId": _UNDO_ID},
}
_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same data gives the stored reply for a day, and does nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


@functools.cache
def openapi_json() -> bytes:
    """The description as it goes out."""
    return json.dumps(document(), ensure_ascii=False).encode()


def document() -> Schema:
    """The description."""
    actions = {name: action for name, action in registry().items() if not action.system_only}
    models: list[tuple[type[Any], JsonSchemaMode]] = []
    for action in actions.values():
        models += [(action.input, "validation"), (action.output, "serialization")]
    models += [(Catalogue, "serialization"), (UploadView, "serialization")]
    names, definitions = models_json_schema(models, ref_template=REF)
    schemas: Schema = {"ActionError": _ERROR, "ActionRequest": _REQUEST, "ActionReply": _SUCCESS}
    schemas |= definitions.get("$defs", {})
    paths: Schema = {f"/api/actions/{action.name}": {"post": _operation(action, names)} for action in actions.values()}
    paths["/api/actions"] = {"get": _catalogue(names), "post": _envelopes()}
    paths["/api/uploads"] = {"post": _upload(names)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headhaul actions",
            "version": "1",
            "description": "Everything that can be done in Headhaul. Each action has one address; the envelope at "
            "/api/actions takes one action or a list of them.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token, `hh_…`."},
            },
        },
        "security": [{"token": []}],
    }


def _operation(action: Action[Any, Any], names: dict[Any, Any]) -> Schema:
    lines = action.doc.splitlines()
    needs_data = any(field.is_required() for field in action.input.model_fields.values())
    return {
        "operationId": action.name,
        "summary": lines[0],
        "description": "\n".join(lines),
        "tags": [action.room],
        "x-minimum-role": action.role,
        "x-writes": action.writes,
        "x-people-only": action.people_only,
        "parameters": [_KEY] if action.writes else [],
        "requestBody": {
            "required": needs_data,
            "content": {"application/json": {"schema": names[(action.input, "validation")]}},
        },
        "responses": _responses(_enveloped(action.reply, names[(action.output, "serialization")])),
    }


def _catalogue(names: dict[Any, Any]) -> Schema:
    return {
        "operationId": "listActions",
        "summary": "Every action with its role and schemas",
        "tags": ["actions"],
        "responses": _responses(_enveloped("actionsLoaded", names[(Catalogue, "serialization")])),
    }


def _envelopes() -> Schema:
    request, reply = {"$ref": REF.format(model="ActionRequest")}, {"$ref": REF.format(model="ActionReply")}
    outcome = {"anyOf": [reply, {"$ref": REF.format(model="ActionError")}]}
    batch = {"type": "array", "items": request, "minItems": 1, "maxItems": 100}
    atomic: Schema = {
        "type": "object",
        "required": ["actions"],
        "additionalProperties": False,
        "properties": {"actions": batch, "atomic": {"type": "boolean", "default": False}},
    }
    return {
        "operationId": "performActions",
        "summary": "One action in its envelope, or several: each for itself, or all or none",
        "tags": ["actions"],
        "parameters": [_KEY],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"anyOf": [request, batch, atomic]}}},
        },
        "responses": _responses({"anyOf": [reply, {"type": "array", "items": outcome}]}),
    }


def _upload(names: dict[Any, Any]) -> Schema:
    form = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    }
    return {
        "operationId": "uploadFile",
        "summary": "A file for an import to take by its uploadId",
        "tags": ["actions"],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
        "responses": _responses(_enveloped("fileUploaded", names[(UploadView, "serialization")])),
    }


def _enveloped(reply: str, payload: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["action", "payload"],
        "additionalProperties": False,
        "properties": {"action": {"const": reply}, "payload": payload, "undoId": _UNDO_ID},
    }


def _responses(success: Schema) -> Schema:
    refused = {"application/json": {"schema": {"$ref": REF.format(model="ActionError")}}}
    responses: Schema = {"200": {"description": "Done.", "content": {"application/json": {"schema": success}}}}
    return responses | {str(status): {"description": said, "content": refused} for status, said in REFUSALS.items()}
