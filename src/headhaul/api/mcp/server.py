"""Streamable HTTP without sessions: who calls is found out for every request, then the MCP library takes over.

The library is imported with the first start of a server, because it costs more than a second.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from headhaul.actions.services.replies import failure_json
from headhaul.api.callers import bearer
from headhaul.api.errors import MethodNotAllowed
from headhaul.api.mcp.scope_keys import ACTOR, REQUEST_ID
from headhaul.kernel import Actor, AppError, Forbidden, Unauthenticated, Unavailable

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY = 2_500_000

_running: StreamableHTTPSessionManager | None = None


@contextlib.asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """Keep the session manager running while the web process serves."""
    global _running
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from headhaul.api.mcp.tools import make_server

    manager = StreamableHTTPSessionManager(
        make_server(), stateless=True, json_response=True, max_request_body_size=MAX_BODY
    )
    async with manager.run():
        _running = manager
        try:
            yield
        finally:
            _running = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """One request to /mcp."""
    request_id = uuid.uuid4().hex
    try:
        check_origin(scope)
        if scope["method"] != "POST":
            raise MethodNotAllowed("This server keeps no sessions: every message is a POST.")
        actor = await _authenticated(_header(scope, b"authorization"))
        if _running is None:
            raise Unavailable("The MCP server is not running.")
    except AppError as refusal:
        await _refuse(send, refusal, request_id=request_id)
        return
    scope[ACTOR], scope[REQUEST_ID] = actor, request_id
    await _running.handle_request(scope, receive, send)


def check_origin(scope: Scope) -> None:
    """Refuse names we do not answer to, so that no web page reaches a server on its reader's own machine."""
    host = _header(scope, b"host")
    origin = _header(scope, b"origin")
    hosts = [host] + ([urlsplit(origin).netloc] if origin else [])
    for name in hosts:
        domain, _port = split_domain_port(name)
        if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
            raise Forbidden("This server does not answer to that host or origin.")


async def _authenticated(header: str) -> Actor:
    if not header:
        raise Unauthenticated("Send an API token as `Authorization: Bearer hh_…`.")

    def work() -> Actor:
        try:
            return bearer(header, at=timezone.now())
        finally:
            close_old_connections()

    return await sync_to_async(work, thread_sensitive=False)()


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _refuse(send: Send, refusal: AppError, *, request_id: str) -> None:
    body = failure_json(refusal, request_id=request_id)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id.encode()),
    ]
    if isinstance(refusal, Unauthenticated):
        headers.append((b"www-authenticate", b'Bearer realm="headhaul"'))
    if isinstance(refusal, MethodNotAllowed):
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
