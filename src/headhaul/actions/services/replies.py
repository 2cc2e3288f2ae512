"""The envelope: what every door gives back, for success and for refusal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from headhaul.kernel import AppError


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of an action.

    `replayed` tells that it was given before, under the same idempotency key; `undo_id` is what `undoAction` takes.
    """

    name: str
    payload: BaseModel
    replayed: bool = False
    undo_id: int | None = None

    def envelope(self) -> dict[str, Any]:
        """The answer as plain data, in wire names."""
        undo = {} if self.undo_id is None else {"undoId": self.undo_id}
        return {"action": self.name, "payload": self.payload.model_dump(mode="json", by_alias=True)} | undo

    def json(self) -> bytes:
        """The answer as it goes over the wire, serialised once."""
        undo = b"" if self.undo_id is None else b',"undoId":%d' % self.undo_id
        return b'{"action":"%s","payload":%s%s}' % (self.name.encode(), self.payload_json().encode(), undo)

    def payload_json(self) -> str:
        """The payload alone, as JSON."""
        return self.payload.model_dump_json(by_alias=True)


def failure(error: AppError, *, request_id: str) -> dict[str, Any]:
    """The envelope of a refusal."""
    envelope: dict[str, Any] = {"action": "actionError", "code": error.code, "message": error.message}
    if error.fields:
        envelope["fields"] = error.fields
    return envelope | {"requestId": request_id}


def failure_json(error: AppError, *, request_id: str) -> bytes:
    """The envelope of a refusal as it goes over the wire."""
    return json.dumps(failure(error, request_id=request_id), ensure_ascii=False).encode()
