"""Runs Django's synchronous handler on a small thread pool and carries its answer back to the event loop.

Two threads a process: more only makes them wait for each other's turn on the interpreter. Long streams (exports) have
threads of their own, so that a slow reader never keeps pages waiting.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

import structlog
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponseBase

from headhaul.config.serving.asgi_types import Headers, Receive, Scope, Send
from headhaul.config.serving.request_body import LiveBody

log = structlog.get_logger(__name__)
_WHOLE = 1 << 20  # a stream this short is read at once: most static files
_STREAMS = 4


Answer = tuple[int, Headers, bytes | None, HttpResponseBase]


class ClientGone(Exception):
    """Nobody reads the answer any more."""


class SyncBridge:
    """Answers one request after the other per thread."""

    def __init__(self, *, threads: int) -> None:
        self._handler = WSGIHandler()
        self._pages = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._streams = ThreadPoolExecutor(_STREAMS, thread_name_prefix="stream")

    async def respond(self, scope: Scope, body: IO[bytes], length: int, receive: Receive, send: Send) -> None:
        """Answer, unless the client leaves before its turn comes."""
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._pages, self._call, environ(scope, body, length))
        gone = asyncio.ensure_future(_disconnect(receive))
        try:
            first: set[asyncio.Future[Any]] = {answer, gone}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done() and answer.cancel():  # it left while still in the queue
                return
            await self._send(await answer, send, gone)
        finally:
            gone.cancel()

    async def respond_while_reading(self, scope: Scope, length: int, receive: Receive, send: Send) -> None:
        """Answer an upload on a thread for streams; Django reads the body as it comes, or refuses it unread."""
        loop = asyncio.get_running_loop()
        body: Any = io.BufferedReader(LiveBody(receive, loop), _WHOLE)
        answer = await loop.run_in_executor(self._streams, self._call, environ(scope, body, length))
        await self._send(answer, send, loop.create_future())

    async def _send(self, answer: Answer, send: Send, gone: asyncio.Future[None]) -> None:
        status, headers, content, response = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if content is not None:
            await send({"type": "http.response.body", "body": content})
        else:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._streams, _stream, response, send, loop, gone)

    def _call(self, env: dict[str, Any]) -> Answer:
        """On a thread: the whole answer, or its start and the response to stream the rest from."""
        started: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_error: object) -> Callable[[bytes], object]:
            # Values are stripped: Django begins Set-Cookie's with a space, which strict parsers refuse.
            encoded = [(name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]
            started.append((int(status[:3]), encoded))
            return lambda _: None

        response: Any = self._handler(env, start_response)
        status, headers = started[0]
        if response.streaming and int(response.headers.get("Content-Length", _WHOLE + 1)) > _WHOLE:
            return status, headers, None, response
        try:
            return status, headers, b"".join(response), response
        finally:
            response.close()

    def close(self) -> None:
        """Let what is being done finish."""
        self._pages.shutdown(cancel_futures=True)
        self._streams.shutdown(cancel_futures=True)


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _stream(response: Any, send: Send, loop: asyncio.AbstractEventLoop, gone: asyncio.Future[None]) -> None:
    """On one thread from beginning to end, since a database connection belongs to its thread."""

    def push(message: dict[str, Any]) -> None:
        if gone.done():
            raise ClientGone
        asyncio.run_coroutine_threadsafe(send(message), loop).result()  # waits while the client is slow

    try:
        parts: Iterator[bytes] = iter(response)
        for part in parts:
            push({"type": "http.response.body", "body": part, "more_body": True})
        push({"type": "http.response.body", "body": b""})
    except ClientGone:
        log.info("the client left during a download")
    finally:
        response.close()


def environ(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """The request as PEP 3333 wants it."""
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("localhost", 80)
    env: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", "").encode().decode("latin-1"),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": None,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name or name == "content-length":  # X_Forwarded_For would pass for X-Forwarded-For
            continue
        key = "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"
        joint = "; " if name == "cookie" else ","
        env[key] = f"{env[key]}{joint}{value}" if key in env else value
    return env
