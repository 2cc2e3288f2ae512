"""Calls stand in the lines of campaigns, sequences and steps: as a count by hand has it, and as many as the whole."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from headhaul.kernel import Actor
from headhaul.outreach.choices import Disposition
from headhaul.outreach.models import Call, CallCampaign, Enrolment
from headhaul.outreach.schemas.reports import CallMeasure
from headhaul.security.models import User
from tests.factories import outreach
from tests.factories.market import NOON
from tests.outreach.reports import histories
from tests.outreach.reports.doing import do
from tests.outreach.reports.test_calls_behind import ENDINGS

pytestmark = pytest.mark.django_db
COUNTED = tuple(CallMeasure)
DAYS = "from=2020-01-01&to=2030-01-01"


def make(seed: int, reps: list[Actor]) -> None:
    """Messages of sequences; and calls of some of their steps, of call campaigns alone, and of nothing."""
    histories.make(seed, reps, messages=40)
    dice = random.Random(seed)
    groups = [("Reefer fleets", "Reefer"), ("Dry van fleets", ""), ("Flatbed fleets", "Only calls")]
    lists = [
        CallCampaign.objects.create(name=name, campaign=campaign, created_at=NOON, updated_at=NOON)
        for name, campaign in groups
    ]
    entered = list(Enrolment.objects.select_related("contact"))
    for _ in range(80):
        of = dice.choice([*entered[:6], None, None, None])
        person = of.contact if of else outreach.contact(at=NOON) if dice.random() < 0.1 else entered[0].contact
        at = NOON - timedelta(days=dice.randrange(150), minutes=dice.randrange(600))
        Call.objects.create(
            contact=person, account_id=person.account_id, user_id=dice.choice(reps).user_id, number="+12145550100",
            campaign=dice.choice([*lists, None]), enrolment_id=of.pk if of else None,
            step_key=dice.choice(["ring", "ring", "hello", ""]) if of else "",
            direction=dice.choice(["out", "out", "out", "in"]), started_at=at, seconds=dice.choice([None, 30, 600]),
            disposition=dice.choice(sorted([*Disposition, ""])), created_at=at, updated_at=at,
        )  # fmt: skip


def by_hand(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls we made, each with the groups it belongs to."""
    sequences = dict(Enrolment.objects.values_list("id", "sequence_id"))
    rows = [
        {
            "campaign": (call.campaign.campaign or call.campaign.name) if call.campaign else "",
            "sequence": sequences.get(call.enrolment_id) if call.enrolment_id else None,
            "step": call.step_key,
            "user": call.user_id,
            "ending": call.disposition,
        }
        for call in Call.objects.filter(direction="out").select_related("campaign")
    ]
    return [row for row in rows if asked.get("owner", row["user"]) == row["user"]]


def counted(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {
        each.value: sum(row["ending"] in {str(one) for one in endings} for row in rows)
        for each, endings in ENDINGS.items()
    }


def said(calls: Any) -> dict[str, int]:
    return {each.value: getattr(calls, each.value) for each in COUNTED}


def added_up(lines: list[Any]) -> dict[str, int]:
    whole: Counter[str] = Counter(dict.fromkeys((each.value for each in COUNTED), 0))
    for line in lines:
        whole.update(said(line.calls))
    return dict(whole)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("whose", ["all", "rosa"])
def test_each_line_says_what_a_count_by_hand_says_and_together_they_are_the_whole(
    seed: int, whose: str, vera: Actor, rosa: Actor, rick: Actor
) -> None:
    make(seed, [rosa, rick])
    Call.objects.update(started_at=NOON - timedelta(days=3))  # all in the days that a report takes by itself
    asked: dict[str, Any] = {"owner": rosa.user_id} if whose == "rosa" else {}
    rows = by_hand(asked)
    whole = do("getCampaignMetrics", vera, **asked)
    assert said(whole.calls) == counted(rows)
    assert added_up(whole.campaigns) == said(whole.calls)
    assert {row["campaign"] for row in rows} <= {line.key for line in whole.campaigns}
    for line in whole.campaigns:
        assert said(line.calls) == counted([row for row in rows if row["campaign"] == line.key]), line.key
        narrowed = do("getCampaignMetrics", vera, campaign=line.key, **asked)
        assert said(narrowed.calls) == said(line.calls)
        assert narrowed.total.counts == line.counts
    assert sum(line.counts.planned for line in whole.campaigns) == whole.total.counts.planned
    sequences = do("getSequencePerformance", vera, **asked).sequences
    outside = counted([row for row in rows if row["sequence"] is None])
    assert {key: n + outside[key] for key, n in added_up(sequences).items()} == said(whole.calls)
    for one in sequences:
        own = [row for row in rows if row["sequence"] == one.sequence_id]
        assert said(one.calls) == counted(own)
        steps = do("getStepPerformance", vera, sequenceId=one.sequence_id, **asked).steps
        assert added_up(steps) == said(one.calls)
        for step in steps:
            assert said(step.calls) == counted([row for row in own if row["step"] == step.step_key])


@pytest.mark.parametrize("narrowed", [{"by": "enrolled"}, {"channel": "call"}, {"channel": "email"}, {"version": 1}])
@pytest.mark.parametrize("seed", [11, 12])
def test_the_lines_are_the_whole_and_open_their_rows_however_it_is_narrowed(
    narrowed: dict[str, Any], seed: int, vera: Actor, rosa: Actor, rick: Actor
) -> None:
    make(seed, [rosa, rick])
    whole = do("getCampaignMetrics", vera, **narrowed)
    assert added_up(whole.campaigns) == said(whole.calls)
    for line in whole.campaigns:
        for measure in (CallMeasure.MADE, CallMeasure.CONVERSATIONS):
            rows = do("getReportCalls", vera, campaign=line.key, measure=measure.value, limit=100, **narrowed)
            assert len(rows.items) == getattr(line.calls, measure.value)
    for one in do("getSequencePerformance", vera, **narrowed).sequences:
        steps = do("getStepPerformance", vera, sequenceId=one.sequence_id, **narrowed).steps
        assert added_up(steps) == said(one.calls)
        for step in steps:
            where = {"sequenceId": one.sequence_id, "stepKey": step.step_key}
            assert len(do("getReportCalls", vera, limit=100, **where, **narrowed).items) == step.calls.made


def test_the_call_steps_of_a_sequence_stand_in_its_order(vera: Actor, rosa: Actor) -> None:
    steps = [{"key": "hello", "kind": "email", "subject": "Hi", "body": "Hi"}, {"key": "ring", "kind": "call"}]
    sequence = outreach.sequence("First touch", steps=steps, owner=rosa)
    found = do("getStepPerformance", vera, sequenceId=sequence.pk).steps
    assert [(step.step_key, step.channel, step.number) for step in found] == [
        ("hello", "email", 1),
        ("ring", "call", 2),
    ]


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_figure_of_calls_in_a_line_opens_as_many_rows(
    vera: Actor, rosa: Actor, rick: Actor, client: Client
) -> None:
    make(3, [rosa, rick])
    client.force_login(User.objects.get(pk=vera.user_id))
    pages = ["/campaigns/", "/campaigns/sequences/"]
    pages += [f"/campaigns/sequences/{one.sequence_id}/" for one in do("getSequencePerformance", vera).sequences]
    opened = 0
    for page in pages:
        found = re.findall(r'href="(/campaigns/calls\?[^"]*)">([\d,]+)</a>', text(client, f"{page}?{DAYS}"))
        for link, number in found:
            shown = text(client, unescape(link))
            assert shown.count("<tr data-row>") == int(number), (page, link)
            opened += 1
    assert opened > 20


@pytest.mark.parametrize("report", ["campaigns", "sequences", "channels", "reps"])
def test_the_file_has_the_calls_too(report: str, vera: Actor, rosa: Actor, client: Client) -> None:
    make(4, [rosa])
    client.force_login(User.objects.get(pk=vera.user_id))
    rows = list(csv.DictReader(StringIO(text(client, f"/campaigns/{report}.csv?{DAYS}"))))
    made = sum(int(row["calls_made"] or 0) for row in rows)
    of_steps = Call.objects.filter(direction="out", enrolment_id__isnull=False).count()
    assert made == (of_steps if report == "sequences" else Call.objects.filter(direction="out").count())


def test_where_only_calls_were_made_the_page_says_so(vera: Actor, rosa: Actor, client: Client) -> None:
    campaign = CallCampaign.objects.create(name="Reefer fleets", created_at=NOON, updated_at=NOON)
    person = outreach.contact(at=NOON)
    Call.objects.create(
        contact=person, account_id=person.account_id, user_id=rosa.user_id, number="+12145550100", campaign=campaign,
        started_at=NOON, disposition="connected", created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    client.force_login(User.objects.get(pk=vera.user_id))
    page = text(client, f"/campaigns/?{DAYS}")
    assert "1 call made, 1 conversation; no message was sent." in page
    assert "Reefer fleets" in page
