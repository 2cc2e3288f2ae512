"""One ASGI application, three ways through it.

Pages and actions run Django synchronously on a few threads: its own ASGI road costs 3–4 ms more for each request.
Live events run Django asynchronously, agents run the MCP server, health and metrics run here.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid

from django.conf import settings

from headhaul.actions.services.replies import failure_json
from headhaul.api import mcp
from headhaul.api.errors import BodyTooLarge, LengthRequired, TooSlow
from headhaul.config.serving import health, metrics
from headhaul.config.serving.asgi_types import Application, Receive, Scope, Send, plain
from headhaul.config.serving.request_body import BodyRefused, declared_length, read_body
from headhaul.config.serving.sync_bridge import SyncBridge

EVENTS, AGENTS, ACTIONS = "/events", "/mcp", "/api"
_ENVELOPED = {refusal.status: refusal for refusal in (TooSlow, LengthRequired, BodyTooLarge)}


def _under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


async def _refuse(scope: Scope, send: Send, status: int, said: str) -> None:
    """Turn a request away before Django sees it: programs get the envelope they know, others a line of text."""
    if not _under(scope["path"], ACTIONS):
        await plain(send, status, f"{said}\n")
        return
    body = failure_json(_ENVELOPED[status](said), request_id=uuid.uuid4().hex)
    await plain(send, status, body.decode(), content_type="application/json")


class Hybrid:
    """Sends each request down its road."""

    def __init__(self, *, django_async: Application, threads: int = 2) -> None:
        self._django_async = django_async
        self._sync = SyncBridge(threads=threads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            raise ValueError(f"no such protocol here: {scope['type']}")

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path in health.PATHS:
            await health.answer(path, send)
        elif path == metrics.PATH:
            await metrics.answer(scope, send)
        elif _under(path, AGENTS):
            await mcp.application(scope, receive, send)
        elif _under(path, EVENTS):
            await self._django_async(scope, receive, send)
        else:
            with metrics.measured(scope["method"]) as measure:
                await self._page(scope, receive, measure.watching(send))

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST" and any(_under(scope["path"], prefix) for prefix in settings.UPLOAD_PATHS):
            await self._upload(scope, receive, send)
            return
        takes_mail = any(_under(scope["path"], prefix) for prefix in settings.MAIL_PATHS)
        limit = max(settings.MAX_REQUEST_BYTES, settings.MAIL_MAX_BYTES) if takes_mail else settings.MAX_REQUEST_BYTES
        try:
            body, length = await read_body(scope, receive, limit=limit)
        except BodyRefused as refusal:
            if refusal.status:
                await _refuse(scope, send, refusal.status, refusal.message)
            return
        with body:
            await self._sync.respond(scope, body, length, receive, send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = declared_length(scope)
        if length is None:
            await _refuse(scope, send, 411, "An upload has to say its length: send Content-Length.")
        elif length > settings.UPLOAD_MAX_BYTES:
            await _refuse(scope, send, 413, f"The upload is larger than {settings.UPLOAD_MAX_BYTES:,} bytes.")
        else:
            await self._sync.respond_while_reading(scope, length, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        async with contextlib.AsyncExitStack() as stack:
            while True:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    try:
                        await stack.enter_async_context(mcp.lifespan())
                    except Exception as problem:
                        await send({"type": "lifespan.startup.failed", "message": repr(problem)})
                        raise
                    await send({"type": "lifespan.startup.complete"})
                elif message["type"] == "lifespan.shutdown":
                    await stack.aclose()
                    await asyncio.to_thread(self._sync.close)
                    await send({"type": "lifespan.shutdown.complete"})
                    return
