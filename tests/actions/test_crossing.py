"""Two writes that wait for each other: PostgreSQL takes one of them back, and Headhaul does that one again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction

from headhaul.actions import dispatch, dispatch_batch
from headhaul.actions.models import AuditEntry
from headhaul.actions.services.dispatching import TRIES
from headhaul.kernel import Actor, Conflict, Door
from headhaul.security.models import User
from tests.cast import NOON

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.fixture(autouse=True)
def _counted() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("create sequence sample_tries")
    yield
    with connection.cursor() as cursor:
        cursor.execute("drop sequence sample_tries")
    connections.close_all()


def tries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select case when is_called then last_value else 0 end from sample_tries")
        return int(cursor.fetchone()[0])


def someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])


def given(actor: Actor, fault: str) -> dict[str, Any]:
    return {"userId": actor.user_id, "name": "Renamed", "fault": fault}


def test_a_write_that_crosses_another_is_done_again_and_nobody_is_told(rosa: Actor, max_: Actor) -> None:
    max_is_held, seen = threading.Event(), list[str]()

    def other() -> None:
        """Holds Max, then wants Rosa, whom the action holds meanwhile; patient, so that the action is taken back."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("set local deadlock_timeout = '60s'")
                User.objects.select_for_update().get(pk=max_.user_id)
                max_is_held.set()
                ends = time.monotonic() + 30
                while not someone_waits() and time.monotonic() < ends:
                    time.sleep(0.02)
                seen.append(User.objects.select_for_update().get(pk=rosa.user_id).name)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert max_is_held.wait(30)
    dispatch("sampleWrite", given(rosa, "crossed"), actor=rosa, at=NOON, door=Door.HTTP, idempotency_key="key-of-one")
    thread.join(30)
    assert tries() == 2
    assert seen == ["Rosa"], "nothing was left of the write that was taken back"
    assert User.objects.get(pk=rosa.user_id).name == "Renamed"
    assert [entry.outcome for entry in AuditEntry.objects.all()] == ["done"]


def test_what_crosses_every_time_is_a_conflict_in_the_end(rosa: Actor) -> None:
    with pytest.raises(Conflict, match="Try again"):
        dispatch("sampleWrite", given(rosa, "deadlock"), actor=rosa, at=NOON, door=Door.HTTP)
    assert tries() == TRIES
    assert User.objects.get(pk=rosa.user_id).name == "Rosa"
    assert [entry.outcome for entry in AuditEntry.objects.all()] == ["refused"]


def test_a_part_of_something_larger_is_not_begun_again_alone(rosa: Actor) -> None:
    items = [{"action": "sampleWrite", **given(rosa, fault)} for fault in ("", "deadlock")]
    answers = dispatch_batch(items, actor=rosa, at=NOON, door=Door.HTTP, atomic=True)
    assert [type(answer).__name__ for answer in answers] == ["NotDone", "Conflict"]
    assert tries() == 1
    assert User.objects.get(pk=rosa.user_id).name == "Rosa"
