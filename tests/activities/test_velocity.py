"""Touches a week, against counting them one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account
from headhaul.activities.choices import TOUCHES
from headhaul.activities.models import Activity
from headhaul.activities.selectors.velocity import trend
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.security.models import Team, User
from tests.activities.conftest import account_named, do
from tests.activities.test_logging import only_own
from tests.cast import NOON

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2027, 1, 6, 12, tzinfo=UTC)


def touches(account: Account, owner: Actor, kinds: list[tuple[str, datetime]]) -> None:
    """Activities at these moments."""
    Activity.objects.bulk_create(
        Activity(account=account, owner_id=owner.user_id, type=kind, happened_at=at, created_at=at)
        for kind, at in kinds
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    done=st.lists(st.tuples(st.sampled_from(["call", "email", "sms", "meeting", "note", "task"]),
                            st.integers(-40, 24 * 70)), max_size=40),
    weeks=st.integers(2, 12),
    name=st.sampled_from(["UTC", "America/Chicago", "Pacific/Kiritimati", "Africa/Cairo"]),
    at=st.sampled_from([NOON, NEW_YEAR, datetime(2026, 11, 2, 5, 30, tzinfo=UTC)]),
)  # fmt: skip
def test_weeks_are_the_readers_iso_weeks(
    rosa: Actor, done: list[tuple[str, int]], weeks: int, name: str, at: datetime
) -> None:
    from django.db import transaction

    moments = [(kind, at - timedelta(hours=back)) for kind, back in done]
    with transaction.atomic():
        account = account_named("Lone Star")
        touches(account, rosa, moments)
        found = do("getActivityVelocity", rosa, at=at, accountId=account.pk, weeks=weeks, timezone=name)
        transaction.set_rollback(True)
    zone = ZoneInfo(name)
    iso = [(when.astimezone(zone).isocalendar()[:2], kind) for kind, when in moments if kind in TOUCHES]
    for week in found.weeks:
        key = week.starts_on.isocalendar()[:2]
        assert week.iso_week == f"{key[0]}-W{key[1]:02}"
        assert week.touches == sum(1 for each, _ in iso if each == key)
        assert all(week.by_type[kind] == sum(1 for pair in iso if pair == (key, kind)) for kind in week.by_type)
    assert len(found.weeks) == weeks
    assert [week.is_partial for week in found.weeks] == [False] * (weeks - 1) + [True]
    assert found.weeks[-1].starts_on.isocalendar()[:2] == at.astimezone(zone).isocalendar()[:2]


@given(st.lists(st.integers(0, 200), min_size=2, max_size=20))
def test_a_trend_says_what_it_rests_on_and_no_percentage_of_little(values: list[int]) -> None:
    found = trend(values)
    assert found is not None
    before, last = values[:-1], values[-1]
    assert found.mean_before == pytest.approx(sum(before) / len(before))
    assert found.change == pytest.approx(last - sum(before) / len(before))
    assert (found.n, found.weeks) == (sum(values), len(values))
    if sum(values) < 30:
        assert found.change_percent is None
    import statistics

    slope = statistics.linear_regression(range(len(values)), values).slope
    assert found.slope == pytest.approx(slope, abs=1e-9)


def test_one_week_has_no_trend() -> None:
    assert trend([7]) is None


def test_of_an_account_a_colleague_or_a_team(rosa: Actor, rick: Actor, account: Account) -> None:
    team = Team.objects.create(name="South", created_at=NOON)
    User.objects.filter(pk=rick.user_id).update(team=team)
    touches(account, rosa, [("call", NOON)])
    touches(account_named("Other"), rick, [("call", NOON)] * 3)

    def total(**asked: Any) -> int:
        return int(do("getActivityVelocity", rosa, **asked).total)

    assert total() == 1
    assert total(accountId=account.pk) == 1
    assert total(ownerId=rick.user_id) == total(teamId=team.pk) == 3
    with pytest.raises(InvalidData):
        total(ownerId=rick.user_id, teamId=team.pk)


def test_what_is_not_seen_is_not_counted(rosa: Actor, rick: Actor, account: Account) -> None:
    touches(account, rick, [("call", NOON)])
    Account.objects.update(owner=rick.user_id)
    only_own()
    assert do("getActivityVelocity", rosa, ownerId=rick.user_id).total == 0
    with pytest.raises(NotFound):
        do("getActivityVelocity", rosa, accountId=account.pk)
