"""So many actions a minute and no more, however many processes count."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headhaul import preferences
from headhaul.actions.models import RateUse
from headhaul.actions.preferences import Limits
from headhaul.actions.services import limits
from headhaul.kernel import Actor, ActorKind, Door, Role, TooManyRequests
from headhaul.preferences.services import values
from tests.cast import NOON

pytestmark = pytest.mark.django_db

TOKEN = Actor(kind=ActorKind.TOKEN, user_id=1, token_id=1, role=Role.REP)


@pytest.fixture(autouse=True)
def _a_hundred_a_minute(ada: Actor) -> None:
    changed = {"tokenActionsPerMinute": 100, "userActionsPerMinute": 50}
    values.save(section=Limits, values=changed, expected_version=0, by=ada, at=NOON)


def spend(actor: Actor = TOKEN, at: datetime = NOON, door: Door = Door.HTTP) -> bool:
    try:
        limits.spend(actor, count=1, at=at, door=door)
    except TooManyRequests:
        return False
    return True


def test_the_hundred_and_first_is_told_when_to_come_back() -> None:
    assert all(spend() for _ in range(100))
    with pytest.raises(TooManyRequests, match="Try again in 60 s") as refusal:
        limits.spend(TOKEN, count=1, at=NOON, door=Door.HTTP)
    assert refusal.value.retry_after == 60


def test_the_next_minute_begins_at_zero() -> None:
    assert sum(spend() for _ in range(120)) == 100
    assert spend(at=NOON + timedelta(minutes=1))


def test_processes_together_let_through_exactly_the_limit() -> None:
    """Each turn another process: its leases are put away and taken out again."""
    memories: list[dict[str, object]] = [{} for _ in range(4)]
    passed = 0
    for turn in range(200):
        limits._leases.clear()
        limits._leases.update(memories[turn % 4])  # type: ignore[arg-type]
        passed += spend()
        memories[turn % 4] = dict(limits._leases)
    assert passed == 100


def test_counting_costs_a_query_only_now_and_then() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for _ in range(50):
            spend()
    leases = [query for query in queries if "actions_rateuse" in query["sql"]]
    assert len(leases) < 20


def test_users_and_tokens_are_counted_apart() -> None:
    user = Actor(kind=ActorKind.USER, user_id=1, role=Role.REP)
    assert sum(spend(user) for _ in range(120)) == 50
    assert spend(TOKEN)


@pytest.mark.parametrize("door", [Door.JOB, Door.CLI])
def test_the_machine_itself_is_not_counted(door: Door) -> None:
    assert all(spend(door=door) for _ in range(150))
    assert not RateUse.objects.exists()


def test_zero_switches_the_limit_off(ada: Actor) -> None:
    values.save(section=Limits, values={"tokenActionsPerMinute": 0}, expected_version=1, by=ada, at=NOON)
    assert preferences.get(Limits).token_actions_per_minute == 0
    assert all(spend() for _ in range(150))


def test_old_minutes_are_pruned() -> None:
    spend()
    assert limits.prune(at=NOON + timedelta(minutes=1)) == 0
    assert limits.prune(at=NOON + timedelta(minutes=2)) == 1
