"""What rooms publish reaches open pages, over one listening connection."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client

from headhaul.activities.services import live
from headhaul.console.session import events
from tests.cast import user_named


@pytest.mark.django_db
def test_a_stranger_hears_nothing() -> None:
    assert Client().get("/events").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_an_open_page_hears_what_is_published() -> None:
    assert asyncio.run(_heard()) == 'event: signals\ndata: {"topic":"signals","run":7}\n\n'


async def _heard() -> str:
    client = AsyncClient()
    await sync_to_async(client.force_login)(await sync_to_async(user_named)("rosa"))
    answer = await client.get("/events")
    stream = aiter(answer.streaming_content)
    assert "retry" in (await anext(stream)).decode()
    for _ in range(50):
        await asyncio.sleep(0.1)
        if events.ear.is_listening:
            break
    await sync_to_async(live.publish)("signals", {"run": 7})
    message = await asyncio.wait_for(anext(stream), 10)
    await stream.aclose()
    return message.decode()
