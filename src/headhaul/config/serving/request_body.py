"""Reading what the client sends: never more than the limit, large parts on disk, and not for ever."""

from __future__ import annotations

import asyncio
import io
import tempfile
from typing import IO

from headhaul.config.serving.asgi_types import Message, Receive, Scope

_IN_MEMORY = 1 << 20
_PATIENCE_SECONDS = 30  # between two pieces


class BodyRefused(Exception):
    """The body will not be read further. Status 0 means that nobody is there any more to be told."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message)
        self.status, self.message = status, message


async def read_body(scope: Scope, receive: Receive, *, limit: int) -> tuple[IO[bytes], int]:
    """The whole body as a file at its start, and its length."""
    too_large = BodyRefused(413, f"The request is larger than {limit:,} bytes.")
    if (declared_length(scope) or 0) > limit:
        raise too_large
    body, length = tempfile.SpooledTemporaryFile(_IN_MEMORY), 0  # noqa: SIM115 (handed on, closed by the caller)
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
        raise BodyRefused(408, "The request did not arrive in time.") from None
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, length


def declared_length(scope: Scope) -> int | None:
    """What Content-Length says, if it is there and a number."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None


class LiveBody(io.RawIOBase):
    """A body read on a thread while it is still arriving, so that an upload is judged before it is taken in."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive, self._loop = receive, loop
        self._waiting, self._complete = b"", False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, into: object) -> int:
        """The next bytes, waiting for them; 0 at the end."""
        while not self._waiting and not self._complete:
            message = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("the client left during the upload")
            self._waiting, self._complete = message.get("body", b""), not message.get("more_body")
        room = memoryview(into)  # type: ignore[arg-type]
        piece, self._waiting = self._waiting[: len(room)], self._waiting[len(room) :]
        room[: len(piece)] = piece
        return len(piece)

    async def _next(self) -> Message:
        return await asyncio.wait_for(self._receive(), _PATIENCE_SECONDS)
