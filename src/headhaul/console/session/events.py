"""News for open pages over server-sent events: what rooms publish on the live channel, told to every page."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from psycopg.sql import SQL, Identifier

from headhaul.activities.services.live import CHANNEL

HEARTBEAT_SECONDS = 20.0
RECONNECT_SECONDS = 5.0
MOST_WAITING = 16
_END = ""
_OF_DJANGO = frozenset({"context", "cursor_factory", "prepare_threshold", "pool"})  # the rest is libpq's


class Ear:
    """One listening connection for all the pages this process serves, and only while there is one."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[str]] = set()
        self._task: asyncio.Task[None] | None = None
        self.is_listening = False

    def join(self, where: dict[str, Any]) -> asyncio.Queue[str]:
        """Start to hear, on the database `where`; `leave` with the same queue."""
        news: asyncio.Queue[str] = asyncio.Queue(maxsize=MOST_WAITING)
        self._pages.add(news)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._listen(where))
        return news

    def leave(self, news: asyncio.Queue[str]) -> None:
        """Stop to hear; the last one out ends the listening."""
        self._pages.discard(news)
        if not self._pages and self._task is not None:
            self._task.cancel()
            self._task, self.is_listening = None, False

    def close(self) -> None:
        """End every stream, so that a stopping server need not wait for pages that stay open."""
        for news in list(self._pages):
            with contextlib.suppress(asyncio.QueueFull):
                news.put_nowait(_END)

    async def _listen(self, where: dict[str, Any]) -> None:
        while self._pages:
            with contextlib.suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(**where, autocommit=True) as ear:
                    await ear.execute(SQL("listen {}").format(Identifier(CHANNEL)))
                    self.is_listening = True
                    async for notice in ear.notifies():
                        self._tell(notice.payload)
            self.is_listening = False
            await asyncio.sleep(RECONNECT_SECONDS)

    def _tell(self, payload: str) -> None:
        for news in self._pages:
            if not news.full():
                news.put_nowait(payload)


ear = Ear()


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The stream of one page. Its pooled database connection goes back before the stream begins."""
    user = await request.auser()
    signed_in, where = user.is_authenticated, await sync_to_async(_where)()
    await sync_to_async(connections.close_all)()
    if not signed_in:
        return HttpResponse(status=401)
    answer = StreamingHttpResponse(_messages(where, user.pk), content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


async def _messages(where: dict[str, Any], user_id: int | None) -> AsyncIterator[str]:
    news = ear.join(where)
    try:
        yield "retry: 5000\n\n"
        while True:
            try:
                payload = await asyncio.wait_for(news.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if payload == _END:
                return
            if message := _event(payload, user_id):
                yield message
    finally:
        ear.leave(news)


def _event(payload: str, user_id: int | None) -> str:
    """The topic names the event, so that a page hears only what it asks for. What is meant for some is "" for others,
    and whom else it is meant for is nobody's business.
    """
    news = json.loads(payload)
    users = news.pop("users", None)
    if users is not None and user_id not in users:
        return ""
    data = payload if users is None else json.dumps(news, separators=(",", ":"))
    return f"event: {news.get('topic', 'news')}\ndata: {data}\n\n"


def _where() -> dict[str, Any]:
    """How to reach the database beside the pool."""
    return {name: value for name, value in connection.get_connection_params().items() if name not in _OF_DJANGO}
