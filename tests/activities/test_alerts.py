"""Alerts are said once, read by page, and dismissed; news reach listeners when they are true."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from headhaul.actions import dispatch
from headhaul.activities.choices import AlertKind, Severity
from headhaul.activities.models import Alert
from headhaul.activities.services import live
from headhaul.activities.services.alerts import News, raise_many
from headhaul.kernel import Actor, Forbidden, NotFound
from tests.accounts.conftest import rick, rosa, vera
from tests.factories.market import NOON, TODAY

__all__ = ["rick", "rosa", "vera"]


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


def spike(dot: int, owner: Actor | None = None) -> News:
    return News(AlertKind.SIGNAL_SPIKE, Severity.HIGH, dot, f"{dot} rises", owner_id=owner.user_id if owner else None)


@pytest.mark.django_db
def test_the_same_thing_is_said_once_a_day(vera: Actor) -> None:
    assert raise_many(news=[spike(1), spike(2)], day=TODAY, at=NOON) == 2
    assert raise_many(news=[spike(2), spike(3)], day=TODAY, at=NOON) == 1
    assert raise_many(news=[spike(1)], day=TODAY + timedelta(days=1), at=NOON) == 1
    assert len(do("getAlerts", vera).items) == 4


@pytest.mark.django_db
def test_pages_go_back_in_time_and_each_alert_is_seen_once(vera: Actor) -> None:
    for back in range(4):
        raise_many(news=[spike(dot) for dot in range(5)], day=TODAY - timedelta(days=back), at=NOON)
    seen: list[int] = []
    page = do("getAlerts", vera, limit=6)
    assert (page.total, page.total_is_exact) == (20, True)
    while True:
        seen += [item.id for item in page.items]
        if page.next_cursor is None:
            break
        page = do("getAlerts", vera, limit=6, cursor=page.next_cursor)
    assert len(seen) == len(set(seen)) == 20


@pytest.mark.django_db
def test_mine_leaves_out_what_others_own(rosa: Actor, rick: Actor) -> None:
    raise_many(news=[spike(1, rosa), spike(2, rick), spike(3)], day=TODAY, at=NOON)
    assert sorted(item.dot_number for item in do("getAlerts", rosa, mine=True).items) == [1, 3]


@pytest.mark.django_db
def test_old_alerts_leave_the_list_with_the_range(vera: Actor) -> None:
    raise_many(news=[spike(1)], day=TODAY - timedelta(days=8), at=NOON)
    assert do("getAlerts", vera, range=7).items == []
    assert len(do("getAlerts", vera, range=30).items) == 1


@pytest.mark.django_db
def test_a_dismissed_alert_is_gone_and_stays_dismissed_by_the_first(rosa: Actor, rick: Actor, vera: Actor) -> None:
    raise_many(news=[spike(1)], day=TODAY, at=NOON)
    alert = Alert.objects.get()
    with pytest.raises(Forbidden):
        do("dismissAlert", vera, alertId=alert.pk)
    assert do("dismissAlert", rosa, alertId=alert.pk).dismissed_at == NOON
    do("dismissAlert", rick, alertId=alert.pk)
    alert.refresh_from_db()
    assert alert.dismissed_by_id == rosa.user_id
    assert do("getAlerts", rosa).items == []
    with pytest.raises(NotFound):
        do("dismissAlert", rosa, alertId=alert.pk + 1)


@pytest.mark.django_db(transaction=True)
def test_news_arrive_with_the_change_and_not_without_it() -> None:
    there = {key: connection.get_connection_params()[key] for key in ("dbname", "user", "host")}
    with psycopg.connect(**there, autocommit=True) as listener:
        listener.execute(f"listen {live.CHANNEL}")
        with transaction.atomic():
            live.publish("signals", {"day": TODAY, "run": 7})
            assert list(listener.notifies(timeout=0.05)) == []
        with transaction.atomic():
            live.publish("signals", {"run": 8})
            transaction.set_rollback(True)
        live.publish("big", {"text": "x" * 9000})
        heard = [json.loads(note.payload) for note in listener.notifies(timeout=30, stop_after=2)]
    assert heard == [{"topic": "signals", "day": str(TODAY), "run": 7}, {"topic": "big"}]
