"""News for open pages over server-sent events: that a run has ended and lists may have changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from headhaul.actions import dispatch
from headhaul.kernel import SYSTEM, Door

LOOK_SECONDS = 4.0
HEARTBEAT_SECONDS = 20.0


class Watch:
    """One look at the database for all the pages this process serves, and only while somebody listens."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[str]] = set()
        self._task: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Queue[str]:
        """Start to hear; `leave` with the same queue."""
        news: asyncio.Queue[str] = asyncio.Queue(maxsize=8)
        self._pages.add(news)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())
        return news

    def leave(self, news: asyncio.Queue[str]) -> None:
        """Stop to hear."""
        self._pages.discard(news)

    async def _look(self) -> None:
        known = await sync_to_async(_signals_stamp)()
        while self._pages:
            await asyncio.sleep(LOOK_SECONDS)
            now = await sync_to_async(_signals_stamp)()
            if now == known:
                continue
            known = now
            for news in list(self._pages):
                if not news.full():
                    news.put_nowait(now)


watch = Watch()


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The stream of one page. Its database connection goes back before the stream begins."""
    user = await request.auser()
    signed_in = user.is_authenticated
    await sync_to_async(connections.close_all)()
    if not signed_in:
        return HttpResponse(status=401)
    answer = StreamingHttpResponse(_messages(), content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


async def _messages() -> AsyncIterator[str]:
    news = watch.join()
    try:
        yield "retry: 5000\n\n"
        while True:
            try:
                yield f"event: signals\ndata: {await asyncio.wait_for(news.get(), HEARTBEAT_SECONDS)}\n\n"
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        watch.leave(news)


def _signals_stamp() -> str:
    """When the current signals were computed; "" before the first run."""
    close_old_connections()
    try:
        reply = dispatch("getTopProspects", {"limit": 1}, actor=SYSTEM, at=datetime.now(UTC), door=Door.CONSOLE)
        computed_at = getattr(reply.payload, "computed_at", None)
        return computed_at.isoformat() if computed_at else ""
    finally:
        connections.close_all()
