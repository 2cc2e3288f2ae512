"""Reading what the client sends: never more than the limit, large parts on disk, and not for ever."""

from __future__ import annotations

import asyncio
import tempfile
from typing import IO

from headhaul.config.serving.asgi_types import Receive, Scope

_IN_MEMORY = 1 << 20
_PATIENCE_SECONDS = 30  # between two pieces


class BodyRefused(Exception):
    """The body will not be read further. Status 0 means that nobody is there any more to be told."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message)
        self.status, self.message = status, message


async def read_body(scope: Scope, receive: Receive, *, limit: int) -> tuple[IO[bytes], int]:
    """The whole body as a file at its start, and its length."""
    too_large = BodyRefused(413, f"The request is larger than {limit:,} bytes.\n")
    if _declared(scope) > limit:
        raise too_large
    body, length = tempfile.SpooledTemporaryFile(_IN_MEMORY), 0
    try:
        while True:
            message = await asyncio.wait_for(receive(), _PATIENCE_SECONDS)
            if message["type"] == "http.disconnect":
                raise BodyRefused(0)
            piece = message.get("body", b"")
            length += len(piece)
            if length > limit:
                raise too_large
            body.write(piece)
            if not message.get("more_body"):
                break
    except TimeoutError:
        body.close()
        raise BodyRefused(408, "The request did not arrive in time.\n") from None
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, length


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
