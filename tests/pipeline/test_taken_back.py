"""What was taken back is in no report of how deals went, stays in their history, and disturbs nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from headhaul.outreach.models import Enrolment
from headhaul.pipeline.models import Opportunity, OpportunityChange
from tests.factories import outreach
from tests.factories.market import NOON
from tests.pipeline.doing import do, told, undo

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def opened(actor: Actor, account: Account, *, at: datetime = NOON) -> Any:
    return do("createOpportunity", actor, accountId=account.pk, amountCents=1000_00, closeOn="2026-12-01", at=at)


def funnel(actor: Actor, *, at: datetime) -> list[tuple[int, int]]:
    stages = do("getStageConversions", actor, at=at).stages
    return [(row.entered, row.moved_forward) for row in stages]


def closed(actor: Actor, day: str, *, at: datetime, **more: Any) -> int:
    return int(do("getForecast", actor, period="quarter", startsOn=day, at=at, **more).total.closed_cents)


def test_a_drag_that_was_undone_is_no_conversion(account: Account, rosa: Actor, vera: Actor) -> None:
    deal = opened(rosa, account)
    before = funnel(vera, at=NOON + MINUTE)
    won = told("closeOpportunity", rosa, opportunityId=deal.id, version=1, outcome="won", at=NOON + DAY)
    assert funnel(vera, at=NOON + DAY + MINUTE) == [(1, 1)] * 4
    back = undo(won, rosa, at=NOON + DAY + MINUTE)
    assert funnel(vera, at=NOON + 2 * DAY) == before == [(1, 0), (0, 0), (0, 0), (0, 0)]
    assert OpportunityChange.objects.filter(opportunity_id=deal.id, field="stage").count() == 3, "history keeps it"
    undo(back, rosa, at=NOON + 2 * DAY)
    assert funnel(vera, at=NOON + 3 * DAY) == [(1, 1)] * 4


def test_what_was_reopened_by_mistake_was_won_when_it_was(account: Account, rosa: Actor, vera: Actor) -> None:
    september, october = datetime(2026, 9, 29, 15, tzinfo=UTC), datetime(2026, 10, 5, 15, tzinfo=UTC)
    deal = opened(rosa, account, at=september - DAY)
    do("closeOpportunity", rosa, opportunityId=deal.id, version=1, outcome="won", at=september)
    reopened = told("reopenOpportunity", rosa, opportunityId=deal.id, version=2, toStage="discovery", at=october)
    undo(reopened, rosa, at=october + MINUTE)
    assert Opportunity.objects.get(pk=deal.id).closed_at == september
    later = datetime(2026, 10, 10, 15, tzinfo=UTC)
    for asked in ({}, {"asOf": later.isoformat()}):
        assert closed(vera, "2026-07-01", at=later + DAY, **asked) == 1000_00, asked
        assert closed(vera, "2026-10-01", at=later + DAY, **asked) == 0, asked
    between = {"asOf": (october + MINUTE / 2).isoformat()}
    assert closed(vera, "2026-07-01", at=later, **between) == 0, "as it was known then"


def test_a_fact_that_was_put_back_has_been_so_all_along(account: Account, rosa: Actor, vera: Actor) -> None:
    deal = opened(rosa, account, at=NOON - 2 * DAY)
    raised = told("updateOpportunity", rosa, opportunityId=deal.id, version=1, amountCents=9000_00, at=NOON - DAY)
    undo(raised, rosa, at=NOON)
    first, *_, last = OpportunityChange.objects.filter(opportunity_id=deal.id, field="amount").order_by("version")
    assert (last.new, last.valid_from, last.recorded_at) == (1000_00, first.valid_from, NOON)


def test_taking_a_move_back_ends_no_sequence(account: Account, rosa: Actor) -> None:
    deal = opened(rosa, account)
    moved = told("moveStage", rosa, opportunityId=deal.id, version=1, toStage="discovery", at=NOON + MINUTE)
    begun = outreach.enrolment(outreach.sequence(), outreach.contact(account), at=NOON + 2 * MINUTE)
    undo(moved, rosa, at=NOON + 3 * MINUTE)
    assert Enrolment.objects.get(pk=begun.pk).state == begun.state
