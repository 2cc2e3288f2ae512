"""Figures of touches read from the tally are those of the rows, whoever asks; who sees a part has the rows counted."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.preferences import Visibility
from headhaul.actions import dispatch
from headhaul.activities.models import Activity
from headhaul.activities.services import tallying
from headhaul.analytics.schemas.figures import AnalyticsScope
from headhaul.analytics.selectors import trend, working
from headhaul.analytics.selectors.scope import Question, question
from headhaul.kernel import SYSTEM, Actor, Role
from headhaul.pipeline.preferences import WorkingTime
from headhaul.preferences.services import values
from headhaul.security.models import Team, User
from tests.analytics.worlds import make
from tests.factories.market import person
from tests.pipeline.histories import NOON

pytestmark = pytest.mark.django_db
PERIODS = ("this_month", "last_month", "this_quarter", "last_quarter", "this_year", "custom")


def asked(by: Actor, **given: Any) -> Question:
    return question(AnalyticsScope(**given), by=by, at=NOON)


def both(of: Question) -> tuple[working.Done | None, working.Done]:
    """From the tally, and from the rows."""
    starts = trend.starts_of(of.span)
    return working.tallied(of, starts=starts), working.from_rows(of, starts=starts)


def shuffled(dice: random.Random, owners: list[int | None]) -> None:
    """Some activities are moved, given away, removed, and some of that is taken up into the tally's days."""
    for each in dice.sample(list(Activity.objects.all()), 20):
        match dice.randrange(4):
            case 0:
                each.delete()
            case 1:
                each.owner_id = dice.choice(owners)
                each.save()
            case 2:
                each.happened_at -= timedelta(hours=dice.randrange(-200, 900))
                each.save()
            case _:
                tallying.fold()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    period=st.sampled_from(PERIODS),
    first=st.dates(date(2026, 6, 1), date(2026, 12, 18)),
    length=st.integers(0, 500),
    whose=st.sampled_from(["all", "me", "none", "rosa"]),
    zone=st.sampled_from(["America/Chicago", "Asia/Kolkata", "America/Los_Angeles"]),
)
def test_the_tally_and_the_rows_say_the_same(
    max_: Actor, rosa: Actor, seed: int, period: str, first: date, length: int, whose: str, zone: str
) -> None:
    owners = [rosa.user_id, max_.user_id, None]
    days = {"from_": first.isoformat(), "to": (first + timedelta(days=length)).isoformat()}
    with transaction.atomic():
        values.save(section=WorkingTime, values={"zone": zone}, expected_version=0, by=SYSTEM, at=NOON)
        tallying.keep(zone=zone)
        make(seed, owners=owners)
        shuffled(random.Random(seed), owners)
        of = asked(
            max_, period=period, owner=rosa.user_id if whose == "rosa" else whose, **days if period == "custom" else {}
        )
        tallied, rows = both(of)
        assert tallied == rows
        transaction.set_rollback(True)


def test_what_the_tally_does_not_know_is_counted_from_the_rows(max_: Actor, rosa: Actor) -> None:
    make(4, owners=[rosa.user_id, None])
    assert both(asked(max_))[0] is not None
    assert both(asked(max_, segment=["unknown"]))[0] is None
    values.save(section=WorkingTime, values={"zone": "America/Denver"}, expected_version=0, by=SYSTEM, at=NOON)
    tallied, rows = both(asked(max_))
    assert tallied is None
    assert rows.total.total() > 0
    assert working.done(asked(max_), starts=trend.starts_of(asked(max_).span)) == rows
    tallying.keep(zone="America/Denver")
    assert both(asked(max_)) == (rows, rows)


@pytest.mark.parametrize("reach", ["own", "team"])
def test_who_sees_a_part_is_told_of_that_part(max_: Actor, reach: str) -> None:
    east, west = (Team.objects.create(name=name, created_at=NOON) for name in ("East", "West"))
    rosa, rick = person("Rosa", Role.REP, team=east), person("Rick", Role.REP, team=west)
    make(4, owners=[rosa.user_id, rick.user_id])
    values.save(section=Visibility, values={"reps": reach}, expected_version=0, by=SYSTEM, at=NOON)
    rosa = person("Rosa", Role.REP)
    assert both(asked(rosa))[0] is None
    whole = dispatch("getAnalytics", {}, actor=max_, at=NOON, door="http").payload
    part = dispatch("getAnalytics", {}, actor=rosa, at=NOON, door="http").payload
    mine = Activity.objects.exclude(type="note").filter(happened_at__gte="2026-10-01T05:00Z")
    mine = [
        each
        for each in mine.select_related("account")
        if each.owner_id == rosa.user_id or each.account.owner_id in (rosa.user_id, None)
    ]
    [touches], [all_touches] = ([f.value for f in told.figures if f.key == "touches"] for told in (part, whole))
    assert touches == len(mine) < all_touches


def test_a_person_who_left_is_nobody(max_: Actor) -> None:
    gone = person("Gone", Role.REP)
    make(4, owners=[gone.user_id])
    before = both(asked(max_))[0]
    assert before is not None
    Activity.objects.filter(owner_id=gone.user_id).update(owner_id=None)
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    tallied, rows = both(asked(max_))
    assert tallied == rows
    assert tallied is not None
    assert set(tallied.people) == {None}
    assert tallied.total == before.total
