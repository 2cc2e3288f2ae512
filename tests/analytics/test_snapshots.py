"""Snapshots: kept as they were, for those who may see what they speak of, and compared in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from headhaul.accounts.preferences import Visibility
from headhaul.analytics.models import AnalyticsSnapshot
from headhaul.analytics.services import snapshots
from headhaul.kernel import SYSTEM, Actor, Forbidden, InvalidData, NotFound, Role
from headhaul.pipeline.models import Opportunity
from headhaul.preferences.services import values
from headhaul.security.models import Team, User
from tests.analytics.test_figures import do
from tests.analytics.worlds import make
from tests.factories.market import person
from tests.pipeline.histories import NOON, account, deal

pytestmark = pytest.mark.django_db


def wins(count: int, *, amount: int, at: datetime = NOON, lost: int = 0, owner: int | None = None) -> None:
    of = account()
    for number in range(count + lost):
        deal(of, in_stage="closed_won" if number < count else "closed_lost", amount=amount, at=at, owner=owner)


def test_a_snapshot_keeps_every_figure_as_it_was(max_: Actor, vera: Actor, rosa: Actor) -> None:
    make(5, owners=[rosa.user_id, None])
    live = {each.key: each for each in do("getAnalytics", max_).figures}
    kept = do("saveSnapshot", max_, name="Board meeting")
    assert (kept.name, kept.label, kept.whose, kept.taken_by) == ("Board meeting", "Q4 2026", "The firm", "Max")
    Opportunity.objects.all().delete()
    found = do("getSnapshot", vera, snapshotId=kept.id)
    assert {each.key: (each.value, each.n) for each in found.figures} == {
        key: (each.value, each.n) for key, each in live.items()
    }
    assert set(found.kept) == {"reps", "stages", "forecasts", "trend", "bucket", "pipeline"}
    assert do("getSnapshots", vera).items == [kept]


def test_a_period_ends_where_the_firm_is(max_: Actor) -> None:
    evening = datetime(2026, 12, 1, 2, tzinfo=UTC)  # the 30th of November in Chicago
    days = {"period": "custom", "from": "2026-11-01", "to": "2026-11-30"}
    first = do("saveSnapshot", max_, at=evening, **days).id
    second = do("saveSnapshot", max_, at=evening + timedelta(hours=4), **days).id
    found = do("compareSnapshots", max_, at=evening + timedelta(days=1), firstId=first, secondId=second)
    assert found.cautions == ["The first was taken while its period still ran."]


def test_only_managers_take_them(rosa: Actor) -> None:
    with pytest.raises(Forbidden):
        do("saveSnapshot", rosa)


@pytest.mark.parametrize(
    "sql", ["update analytics_analyticssnapshot set name = 'x'", "delete from analytics_analyticssnapshot"]
)
def test_nobody_can_change_or_remove_one(max_: Actor, sql: str) -> None:
    do("saveSnapshot", max_)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AnalyticsSnapshot.objects.get().name == ""


def test_two_are_compared_in_words(max_: Actor, vera: Actor) -> None:
    wins(20, amount=100_00, lost=20, at=NOON - timedelta(days=60))
    first = do("saveSnapshot", max_, period="custom", **{"from": "2026-09-01", "to": "2026-09-30"}).id
    wins(30, amount=100_00, lost=10)
    second = do("saveSnapshot", max_, period="custom", **{"from": "2026-11-01", "to": "2026-11-17"}).id
    with pytest.raises(InvalidData):
        do("compareSnapshots", vera, firstId=first, secondId=first)
    later = do("saveSnapshot", max_, at=NOON + timedelta(days=30), period="custom",
               **{"from": "2026-11-01", "to": "2026-11-30"}).id  # fmt: skip
    found = do("compareSnapshots", vera, firstId=first, secondId=later)
    assert found.cautions == []
    figures = {each.key: each for each in found.figures}
    assert figures["winRate"].says == "Up by 25.0 points, better"
    assert (figures["wonAmount"].says, figures["wonAmount"].change_percent) == ("Up by 50.0 %, better", 50.0)
    assert figures["averageDeal"].says == "As before"
    assert figures["coverage"].says == "Not comparable: the period is over."
    assert (figures["dealsWon"].direction, figures["dealsWon"].verdict) == ("up", "better")
    back = {each.key: each for each in do("compareSnapshots", vera, firstId=later, secondId=first).figures}
    assert back["dealsWon"].says == "Down by 33.3 %, worse"
    short = do("compareSnapshots", vera, firstId=first, secondId=second)
    assert short.cautions == ["Their periods differ in length: 30 and 17 days."]


def test_what_was_defined_otherwise_is_not_compared(max_: Actor) -> None:
    wins(3, amount=100_00)
    kept = do("saveSnapshot", max_).id
    old = AnalyticsSnapshot.objects.get(pk=kept)
    figures = [each | ({"version": 0} if each["key"] == "dealsWon" else {}) for each in old.figures["figures"]]
    figures = [each for each in figures if each["key"] != "touches"]
    old.pk, old.figures, old.catalogue = None, old.figures | {"figures": figures}, "another"
    old.filters = {"segment": ["enterprise"]}
    old.save(force_insert=True)
    found = do("compareSnapshots", max_, firstId=old.pk, secondId=kept)
    rows = {each.key: each for each in found.figures}
    assert (rows["dealsWon"].is_comparable, rows["dealsWon"].says) == (
        False, "Not comparable: its definition changed in between."
    )  # fmt: skip
    assert rows["touches"].says == "Only in the second: the other is from before it was defined."
    assert "They speak of different people or fleets." in found.cautions
    assert "Definitions changed in between; what that touches is marked." in found.cautions


def test_a_month_is_kept_once_for_the_firm_and_each_team(db: None) -> None:
    Team.objects.create(name="East", created_at=NOON)
    Team.objects.create(name="Gone", created_at=NOON, is_active=False)
    assert snapshots.take_monthly(at=NOON) == 2
    assert snapshots.take_monthly(at=NOON + timedelta(days=1)) == 0
    rows = list(AnalyticsSnapshot.objects.order_by("pk"))
    assert [(row.label, row.kind, row.filters.get("teamId")) for row in rows] == [
        ("October 2026", "monthly", None), ("October 2026", "monthly", rows[1].team_id)
    ]  # fmt: skip
    assert snapshots.take_monthly(at=datetime(2026, 12, 1, 5, 0, tzinfo=UTC)) == 0, "still November in Chicago"
    assert snapshots.take_monthly(at=datetime(2026, 12, 1, 12, 15, tzinfo=UTC)) == 2


def test_the_night_page_knows_the_job(db: None) -> None:
    from headhaul.nightly.schedule import named

    assert getattr(named("take_analytics_snapshots"), "by_hand", False)


def test_who_sees_their_own_work_sees_snapshots_of_no_more(max_: Actor, rosa: Actor) -> None:
    team = Team.objects.create(name="East", created_at=NOON)
    User.objects.filter(pk=rosa.user_id).update(team=team)
    rick = person("Rick", Role.REP)
    firm = do("saveSnapshot", max_).id
    hers = do("saveSnapshot", max_, owner=rosa.user_id).id
    his = do("saveSnapshot", max_, owner=rick.user_id).id
    of_team = do("saveSnapshot", max_, teamId=team.pk).id
    values.save(section=Visibility, values={"reps": "own"}, expected_version=0, by=SYSTEM, at=NOON)
    rosa = person("Rosa", Role.REP)
    assert {row.id for row in do("getSnapshots", rosa).items} == {hers, of_team}
    for hidden in (firm, his):
        with pytest.raises(NotFound):
            do("getSnapshot", rosa, snapshotId=hidden)
        with pytest.raises(NotFound):
            do("compareSnapshots", rosa, firstId=hers, secondId=hidden)
    assert do("getSnapshot", rosa, snapshotId=hers).whose == "Rosa"
    assert len(do("getSnapshots", max_).items) == 4


def test_me_means_whoever_took_it(max_: Actor, vera: Actor) -> None:
    wins(2, amount=100_00, owner=max_.user_id)
    kept = do("saveSnapshot", max_, owner="me", segment="unknown")
    assert kept.whose == "Max, Unknown"
    assert do("getSnapshot", vera, snapshotId=kept.id).filters == {"owner": max_.user_id, "segment": ["unknown"]}


def test_pages_follow_on(max_: Actor) -> None:
    made = [do("saveSnapshot", max_, name=str(number)).id for number in range(5)]
    seen: list[int] = []
    more: dict[str, Any] = {}
    while True:
        found = do("getSnapshots", max_, limit=2, **more)
        seen += [row.id for row in found.items]
        if not found.next_cursor:
            break
        more = {"cursor": found.next_cursor}
    assert seen == made[::-1]
