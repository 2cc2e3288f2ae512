"""Call-backs that were promised outside of any campaign: a task says so, at the moment that was agreed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.activities.models import Activity, Notification
from headhaul.activities.services import reminding
from headhaul.kernel import Actor
from tests.outreach.calls.doing import campaign_of, do, someone, told, undo

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # 14:00 in New York


@pytest.fixture
def call(rosa: Actor) -> Any:
    """A call to somebody who is on no list."""
    return do("startCall", rosa, contactId=someone(owner=rosa).pk)


def agreed(actor: Actor, call: Any, local: str = "2026-11-20T14:00") -> Any:
    return told("logCallOutcome", actor, callId=call.call_id, disposition="callback", callbackLocal=local)


def tasks() -> list[tuple[Any, ...]]:
    return list(Activity.objects.filter(type="task").values_list("due_at", "remind_at", "owner_id", "priority"))


def test_whoever_promised_has_a_task_and_is_reminded(rosa: Actor, call: Any) -> None:
    said = agreed(rosa, call).payload.followed
    assert said == ["Call back Friday 20 November at 14:00 EST. A task reminds you then."]
    assert tasks() == [(FRIDAY, FRIDAY, rosa.user_id, "high")]
    assert call.who in Activity.objects.get(type="task").subject
    reminding.remind(at=FRIDAY - timedelta(minutes=1))
    assert not Notification.objects.exists()
    reminding.remind(at=FRIDAY)
    assert Notification.objects.get().user_id == rosa.user_id


def test_another_time_moves_the_task(rosa: Actor, call: Any) -> None:
    agreed(rosa, call)
    reminding.remind(at=FRIDAY)
    agreed(rosa, call, "2026-11-20T16:00")
    later = FRIDAY + timedelta(hours=2)
    assert tasks() == [(later, later, rosa.user_id, "high")]
    assert reminding.remind(at=later) == 1


def test_the_task_goes_with_the_promise(rosa: Actor, call: Any) -> None:
    undo(agreed(rosa, call), rosa)
    assert tasks() == []
    agreed(rosa, call)
    do("logCallOutcome", rosa, callId=call.call_id, disposition="connected")
    assert tasks() == []


def test_who_has_done_the_task_keeps_it(rosa: Actor, call: Any) -> None:
    agreed(rosa, call)
    task = Activity.objects.get(type="task")
    do("completeTask", rosa, at=FRIDAY, taskId=task.pk, version=task.version)
    do("logCallOutcome", rosa, at=FRIDAY, callId=call.call_id, disposition="connected")
    assert len(tasks()) == 1


def test_a_promise_to_somebody_of_a_campaign_waits_in_its_queue(max_: Actor, rosa: Actor) -> None:
    campaign_of(max_, someone())
    agreed(rosa, do("startCall", rosa, targetId=do("takeCall", rosa).target.target_id))
    assert tasks() == []
    [row] = do("getCallQueue", rosa, at=FRIDAY).items
    assert (row.is_callback, row.is_callable) == (True, True)
