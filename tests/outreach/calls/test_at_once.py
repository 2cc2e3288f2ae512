"""Reps who reach for the same target at the same moment: each gets another one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from headhaul.kernel import Actor, NotFound
from headhaul.outreach.models import CallTarget
from tests.cast import actor_named
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reps(db: None) -> list[Actor]:
    return [actor_named(name) for name in ("rosa", "max", "ada")]


def test_nobody_is_called_by_two_at_once(reps: list[Actor]) -> None:
    campaign_of(reps[1], *(someone(score=score * 100) for score in range(8)))

    def grab(actor: Actor) -> list[int]:
        mine = []
        try:
            while True:
                mine.append(do("takeCall", actor, at=WEEKDAY).target.target_id)
        except NotFound:
            return mine
        finally:
            connection.close()

    with ThreadPoolExecutor(len(reps)) as pool:
        taken = [key for keys in pool.map(grab, reps) for key in keys]
    assert sorted(taken) == sorted(CallTarget.objects.values_list("pk", flat=True))
