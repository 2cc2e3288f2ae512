"""Every number of calls in a report opens as many calls as it says."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from headhaul.kernel import Actor
from headhaul.outreach.choices import CONVERSATIONS, NOT_REACHED, Disposition
from headhaul.outreach.models import Call, CallCampaign
from headhaul.outreach.schemas.reports import CallMeasure
from headhaul.security.models import User
from tests.factories import outreach
from tests.factories.market import NOON
from tests.outreach.reports.doing import do

pytestmark = pytest.mark.django_db

ENDINGS = {
    CallMeasure.MADE: {*Disposition, ""},
    CallMeasure.CONVERSATIONS: CONVERSATIONS,
    CallMeasure.GATEKEEPER: {Disposition.GATEKEEPER},
    CallMeasure.NOT_REACHED: NOT_REACHED,
    CallMeasure.OPEN: {""},
    CallMeasure.MEETINGS: {Disposition.MEETING_SET},
}


def make(seed: int, reps: list[Actor]) -> None:
    """Calls of both reps over half a year, in a campaign or none, that ended in every way."""
    dice = random.Random(seed)
    people = [outreach.contact(at=NOON) for _ in range(4)]
    campaign = CallCampaign.objects.create(name="Reefer fleets", created_at=NOON, updated_at=NOON)
    for _ in range(60):
        at, person = NOON - timedelta(days=dice.randrange(180), minutes=dice.randrange(600)), dice.choice(people)
        Call.objects.create(
            contact=person, account_id=person.account_id, user_id=dice.choice(reps).user_id, number="+12145550100",
            campaign=dice.choice([campaign, None]), direction=dice.choice(["out", "out", "out", "in"]),
            started_at=at, seconds=dice.choice([None, 30, 600]), disposition=dice.choice(sorted(ENDINGS["made"])),
            created_at=at, updated_at=at,
        )  # fmt: skip


def rows_of(actor: Actor, **asked: Any) -> list[int]:
    found, cursor = [], None
    while True:
        page = do("getReportCalls", actor, limit=7, **asked | ({"cursor": cursor} if cursor else {}))
        found += [row.id for row in page.items]
        if cursor is None:
            assert page.total == len(rows_all(page, actor, asked))
        cursor = page.next_cursor
        if cursor is None:
            return found


def rows_all(page: Any, actor: Actor, asked: dict[str, Any]) -> list[Any]:
    return list(do("getReportCalls", actor, limit=100, **asked).items)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("filters", [{}, {"campaign": "Reefer fleets"}, {"channel": "email"}, {"owner": "rosa"}])
def test_the_rows_are_as_many_as_the_number_and_those_that_are_meant(
    seed: int, filters: dict[str, Any], vera: Actor, rosa: Actor, rick: Actor
) -> None:
    make(seed, [rosa, rick])
    asked = filters | ({"owner": rosa.user_id} if "owner" in filters else {}) | {"from": "-120d"}
    counts = do("getCampaignMetrics", vera, **asked).calls
    for measure, endings in ENDINGS.items():
        rows = rows_of(vera, measure=measure.value, **asked)
        assert len(rows) == len(set(rows)) == getattr(counts, measure.value)
        words = Call.objects.filter(pk__in=rows).values_list("disposition", "direction")
        assert {(word, way) for word, way in words} <= {(str(each), "out") for each in endings}


def test_a_rep_sees_the_rows_that_the_number_counted(rosa: Actor, rick: Actor) -> None:
    make(1, [rosa, rick])
    counts = do("getCampaignMetrics", rosa).calls
    assert len(rows_of(rosa, measure="made")) == counts.made


@pytest.mark.parametrize("page", ["/campaigns/", "/campaigns/channels/", "/campaigns/reps/"])
def test_every_figure_of_calls_on_a_page_opens_its_rows(
    page: str, vera: Actor, rosa: Actor, rick: Actor, client: Client
) -> None:
    make(1, [rosa, rick])
    Call.objects.update(started_at=NOON)
    client.force_login(User.objects.get(pk=vera.user_id))
    asked = f"?from={NOON:%Y-%m-%d}&to={NOON:%Y-%m-%d}"
    html = client.get(page + asked).content.decode()
    for measure in ("made", "conversations", "not_reached", "meetings"):
        assert "/campaigns/calls?" in html
        assert f"measure={measure}" in html, measure
    shown = client.get(f"/campaigns/calls{asked}&measure=meetings").content.decode()
    meetings = Call.objects.filter(disposition="meeting_set", direction="out").count()
    assert shown.count("<tr data-row>") == meetings > 0
