"""Every number of every report against a count by hand, and the rows behind it."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest

from headhaul.kernel import Actor
from headhaul.outreach.schemas.reports import Measure, Stage
from tests.factories.market import NOON
from tests.outreach.reports import histories
from tests.outreach.reports.doing import do

pytestmark = pytest.mark.django_db

DAY = NOON.astimezone(histories.ZONE).date()


def check(line: Any, rows: list[dict[str, Any]]) -> None:
    assert line.counts.model_dump(by_alias=False) == histories.counted(rows)
    counts = line.counts
    assert counts.planned == counts.waiting + counts.not_sent + counts.sent
    assert counts.sent == counts.delivered + counts.bounced + counts.failed + counts.unknown
    expected = {name: len(carriers) for name, carriers in histories.funnel(rows).items()}
    assert {step.stage.value: step.carriers for step in line.funnel} == expected


@pytest.mark.parametrize("seed", range(8))
def test_reports_say_what_a_count_by_hand_says(seed: int, vera: Actor, rosa: Actor, rick: Actor) -> None:
    histories.make(seed, [rosa, rick])
    dice = random.Random(seed)
    first = DAY - timedelta(days=dice.randrange(20, 150))
    last = first + timedelta(days=dice.randrange(10, 140))
    by = dice.choice(["sent", "enrolled"])
    asked = {"from": str(first), "to": str(last), "by": by}
    rows = histories.within(histories.facts(), first, last, by=by)
    groups: dict[str, dict[Any, list[dict[str, Any]]]] = {}
    for name in ("campaign", "channel", "user_id", "sequence_id", "step_key"):
        groups[name] = defaultdict(list)
        for row in rows:
            groups[name][row[name]].append(row)

    whole = do("getCampaignMetrics", vera, **asked)
    check(whole.total, rows)
    assert {line.key for line in whole.campaigns} == set(groups["campaign"])
    for line in whole.campaigns:
        check(line, groups["campaign"][line.key])
    assert sum(day.sent for day in whole.trend) == whole.total.counts.sent
    assert sum(day.replied for day in whole.trend) == whole.total.counts.replied
    for channel in do("getChannelPerformance", vera, **asked).channels:
        if channel.line:
            check(channel.line, groups["channel"][channel.channel.value])
    for rep in do("getRepPerformance", vera, **asked).reps:
        check(rep.line, groups["user_id"][rep.user_id])
    for each in do("getSequencePerformance", vera, **asked).sequences:
        check(each.line, groups["sequence_id"][each.sequence_id])
        of_steps = [row for row in rows if row["sequence_id"] == each.sequence_id]
        steps = do("getStepPerformance", vera, sequenceId=each.sequence_id, **asked)
        for step in steps.steps:
            check(step.line, [row for row in of_steps if row["step_key"] == step.step_key])


@pytest.mark.parametrize("seed", [21, 22])
def test_every_number_opens_as_many_rows(seed: int, vera: Actor, rosa: Actor, rick: Actor) -> None:
    histories.make(seed, [rosa, rick])
    whole = do("getCampaignMetrics", vera, campaign="Reefer")
    for measure in Measure:
        rows = do("getReportMessages", vera, campaign="Reefer", measure=measure.value, limit=100)
        assert len(rows.items) == rows.total == getattr(whole.total.counts, measure.value), measure
    for step in whole.total.funnel:
        rows = do("getReportCarriers", vera, campaign="Reefer", stage=step.stage.value, limit=100)
        assert len(rows.items) == rows.total == step.carriers, step.stage
        assert all(step.stage in row.stages for row in rows.items)


def test_rows_come_in_pages_without_a_gap(vera: Actor, rosa: Actor) -> None:
    histories.make(30, [rosa])
    everything = do("getReportMessages", vera, measure="planned", limit=100).items
    paged, cursor = [], None
    while True:
        page = do("getReportMessages", vera, measure="planned", limit=7, **({"cursor": cursor} if cursor else {}))
        paged += page.items
        cursor = page.next_cursor
        if not cursor:
            break
    assert [row.id for row in paged] == [row.id for row in everything]
    stages = do("getReportCarriers", vera, stage=Stage.PLANNED.value, limit=3)
    rest = do("getReportCarriers", vera, stage=Stage.PLANNED.value, limit=100, cursor=stages.next_cursor)
    together = [row.account_id for row in (*stages.items, *rest.items)]
    assert together == sorted(set(together), reverse=True)
    assert len(together) == stages.total
